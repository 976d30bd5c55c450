import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { tellDocumentation } from './documented';
import { PROBLEM_MEDIA_TYPE } from './problem';
import { WebhookDocumentation } from './webhook-documentation';

const INTRODUCTION = [
  'People send `Authorization: Bearer <accessToken>`, servers `X-API-Key`. What a route asks for stands at its lock.',
  'Every error is `application/problem+json` (RFC 9457): decide by its `code`. The `X-Request-ID` of an answer finds it in our logs.',
  'A repeat under the same `Idempotency-Key` within 24 hours gets the first answer. Lists come in pages: send `nextCursor` as `cursor`.',
].join('\n\n');

const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

const PROBLEM = {
  type: 'object',
  description: 'RFC 9457; decide by `code`, which never changes its meaning',
  required: ['type', 'title', 'status', 'code', 'requestId'],
  properties: {
    type: { type: 'string', description: '`urn:loopin:problem:<code>`' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string' },
    requestId: { type: 'string', description: 'the `X-Request-ID` of the answer' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['path', 'message'],
        properties: { path: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
  additionalProperties: true,
};

/**
 * The OpenAPI 3.1 document of all routes.
 * @returns makes it when called
 */
export async function createApiDocument(
  app: INestApplication,
  { release, publicUrl }: { readonly release: string; readonly publicUrl: string },
): Promise<() => OpenAPIObject> {
  const swagger = await import('@nestjs/swagger');
  const { cleanupOpenApiDoc } = await import('nestjs-zod');
  tellDocumentation(swagger);
  const { DocumentBuilder, SwaggerModule } = swagger;
  const outline = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Loopin Backend')
    .setDescription(INTRODUCTION)
    .setVersion(release)
    .addServer(publicUrl)
    .addSecurity('accessToken', { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' })
    .addSecurity('dpopToken', {
      type: 'http',
      scheme: 'dpop',
      bearerFormat: 'JWT',
      description: 'An access token that is bound to a key, with a fresh `DPoP` proof beside it (RFC 9449)',
    })
    .addSecurity('apiKey', { type: 'apiKey', in: 'header', name: 'X-API-Key' })
    .build();
  const webhooks = app.get(WebhookDocumentation, { strict: false });
  return () => {
    const document = SwaggerModule.createDocument(app, outline, { operationIdFactory: operationId });
    return { ...complete(cleanupOpenApiDoc(document)), webhooks: webhooks.toOpenApi() };
  };
}

/** `DevicesController.put` is `devicesPut`: the function's name in a generated client. */
function operationId(controller: string, method: string): string {
  const name = controller.replace(/Controller$/, '');
  return `${name[0]?.toLowerCase()}${name.slice(1)}${method[0]?.toUpperCase()}${method.slice(1)}`;
}

/** Any other answer is a problem document: said once, and referred to by every operation. */
function complete(document: OpenAPIObject): OpenAPIObject {
  const schema = { $ref: '#/components/schemas/Problem' };
  const response = { description: 'A problem', content: { [PROBLEM_MEDIA_TYPE]: { schema } } };
  const { schemas, ...components } = document.components ?? {};
  for (const path of Object.values(document.paths)) {
    for (const operation of METHODS.flatMap((method) => path[method] ?? [])) {
      operation.responses = { ...operation.responses, default: { $ref: '#/components/responses/Problem' } };
      for (const parameter of operation.parameters ?? []) mendEncoding(parameter);
    }
  }
  return {
    ...document,
    components: {
      ...components,
      schemas: { ...schemas, Problem: PROBLEM },
      responses: { Problem: response },
    },
  };
}

/** nestjs-zod leaves this word of JSON Schema beside the schema of a parameter, where it means nothing. */
function mendEncoding(parameter: object): void {
  if (!('contentEncoding' in parameter && 'schema' in parameter)) return;
  const { contentEncoding, schema } = parameter;
  Object.assign(parameter, { schema: { ...Object(schema), contentEncoding } });
  delete parameter.contentEncoding;
}
