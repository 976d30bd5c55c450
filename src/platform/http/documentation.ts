import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NotFound } from '../../shared/domain-error';
import { FirstUse } from '../../shared/first-use';
import { createApiDocument } from './api-document';

interface Facts {
  readonly release: string;
  readonly publicUrl: string;
}

const PATHS = ['/docs', '/docs/*', '/openapi.json'];

@Module({})
class DocumentationSite {}

/**
 * `/docs` and `/openapi.json`: an application of its own inside this one, made at its first call. Its libraries
 * register files and routes, which Fastify takes at the start only, and no start should pay for them.
 */
export function installDocumentation(app: NestFastifyApplication, facts: Facts): void {
  const site = new FirstUse(() => makeSite(app, facts));
  const answer = async ({ method, url }: FastifyRequest, reply: FastifyReply) => {
    const { statusCode, headers, rawPayload } = await (await site.get()).inject({
      method: method === 'HEAD' ? 'HEAD' : 'GET',
      url,
    });
    if (statusCode !== 200) throw new NotFound();
    return reply.type(headers['content-type'] ?? '').send(rawPayload);
  };
  for (const path of PATHS) app.getHttpAdapter().getInstance().get(path, answer);
}

async function makeSite(app: NestFastifyApplication, facts: Facts): Promise<NestFastifyApplication> {
  const { SwaggerModule } = await import('@nestjs/swagger');
  const site = await NestFactory.create<NestFastifyApplication>(DocumentationSite, new FastifyAdapter(), {
    abortOnError: false,
  });
  SwaggerModule.setup('docs', site, await createApiDocument(app, facts), {
    jsonDocumentUrl: 'openapi.json',
    yamlDocumentUrl: 'docs/openapi.yaml',
  });
  return site.init();
}
