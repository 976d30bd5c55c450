import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Logger } from 'nestjs-pino';
import { loadEnv, type ServiceEnv } from './config/env';
import { StartupCheck } from './modules/health';
import { installDocumentation } from './platform/http/documentation';
import { createHttpAdapter } from './platform/http/fastify-adapter';
import { installPipeline } from './platform/http/pipeline';
import { RequestGate } from './platform/http/request-gate';

/** One root module a mode; only the one that is asked for is loaded. */
const roots: Record<ServiceEnv['APP_MODE'], () => Promise<Type>> = {
  web: async () => (await import('./web.module')).WebModule,
  worker: async () => (await import('./worker.module')).WorkerModule,
};

/** Environment → root module → start-up checks → listen. */
export async function start(): Promise<void> {
  const env = loadEnv();
  if (env.APP_MODE === 'cli') throw new Error('the operators’ commands start elsewhere');
  const app = await NestFactory.create<NestFastifyApplication>(
    await roots[env.APP_MODE](),
    await createHttpAdapter(env),
    { bufferLogs: true, bodyParser: false, abortOnError: false },
  );
  app.useLogger(app.get(Logger));
  app.enableShutdownHooks();
  installPipeline(app.getHttpAdapter().getInstance(), app.get(RequestGate, { strict: false }));
  await installDocumentation(app, env);
  await app.init();
  await app.get(StartupCheck, { strict: false }).pass();
  await app.listen(env.PORT, env.HOST);
}
