import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApiDocument } from './api-document';

/** `/docs` and `/openapi.json`, made at their first call: a start should not pay for them. */
export async function installDocumentation(
  app: NestFastifyApplication,
  facts: { readonly release: string; readonly publicUrl: string },
): Promise<void> {
  const { SwaggerModule } = await import('@nestjs/swagger');
  const createDocument = await createApiDocument(app, facts);
  SwaggerModule.setup('docs', app, createDocument, {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'docs/openapi.yaml',
  });
}
