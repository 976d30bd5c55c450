import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** `/docs` and `/openapi.json`, made at their first call: a start should not pay for them. */
export async function installDocumentation(app: NestFastifyApplication, release: string): Promise<void> {
  const { DocumentBuilder, SwaggerModule } = await import('@nestjs/swagger');
  const { cleanupOpenApiDoc } = await import('nestjs-zod');
  const outline = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Loopin Backend')
    .setVersion(release)
    .addSecurity('accessToken', { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .addSecurity('dpopToken', {
      type: 'http',
      scheme: 'dpop',
      bearerFormat: 'JWT',
      description: 'An access token that is bound to a key, with a fresh `DPoP` proof beside it (RFC 9449)',
    })
    .addSecurity('apiKey', { type: 'apiKey', in: 'header', name: 'X-API-Key' })
    .build();
  const create = () => cleanupOpenApiDoc(SwaggerModule.createDocument(app, outline));
  SwaggerModule.setup('docs', app, create, {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'docs/openapi.yaml',
  });
}
