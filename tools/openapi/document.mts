import type { INestApplication, Type } from '@nestjs/common';
import type { NestFactoryStatic } from '@nestjs/core/nest-factory';
import type { OpenAPIObject } from '@nestjs/swagger';

type ApiDocument = (
  app: INestApplication,
  facts: { readonly release: string; readonly publicUrl: string },
) => Promise<() => OpenAPIObject>;

/**
 * Looks at the routes of the built web process without making any of its parts: no environment, no service.
 * @param built resolves from `dist/src`
 */
export async function readApiDocument(built: NodeJS.Require): Promise<OpenAPIObject> {
  built('reflect-metadata');
  const { NestFactory }: { NestFactory: NestFactoryStatic } = built('@nestjs/core');
  const { FastifyAdapter } = built('@nestjs/platform-fastify');
  const { WebModule }: { WebModule: Type } = built('./web.module.js');
  const { createApiDocument }: { createApiDocument: ApiDocument } = built('./platform/http/api-document.js');
  const app = await NestFactory.create(WebModule, new FastifyAdapter(), {
    preview: true,
    abortOnError: false,
    logger: ['error'],
  });
  const create = await createApiDocument(app, { release: 'current', publicUrl: 'http://127.0.0.1:8000' });
  return create();
}
