import type { Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { loadEnv, type ServiceEnv } from './config/env';
import { StartupCheck } from './modules/health/startup-check';
import { installCors } from './platform/http/cors';
import { installDocumentation } from './platform/http/documentation';
import { createHttpAdapter } from './platform/http/fastify-adapter';
import { installOverloadGuard } from './platform/http/overload';
import { installPipeline } from './platform/http/pipeline';
import { RequestGate } from './platform/http/request-gate';
import { AppLogger } from './platform/logging/app.logger';
import { reportCrashes } from './platform/sentry/crash';
import { endReporting, prepareReporting, reportError, startReporting } from './platform/sentry/reporting';
import { installMetricsRoute } from './platform/telemetry/metrics.route';
import { startMetrics } from './platform/telemetry/telemetry';
import { useIssueWords } from './shared/issue-words';

/** One root module a mode; only the one that is asked for is loaded. */
const roots: Record<ServiceEnv['APP_MODE'], () => Promise<Type>> = {
  web: async () => (await import('./web.module')).WebModule,
  worker: async () => (await import('./worker.module')).WorkerModule,
};

/** A start that failed waits no longer than this for Sentry. */
const MOST_WAIT_MS = 2_000;

/** Environment → root module → start-up checks → listen. */
export async function start(): Promise<void> {
  const env = loadEnv();
  if (env.APP_MODE === 'cli') throw new Error('the operators’ commands start elsewhere');
  useIssueWords();
  await observe(env);
  await listen(env).catch(async (error: unknown) => {
    reportError(error, {}, 'fatal');
    await endReporting(MOST_WAIT_MS);
    throw error;
  });
}

/** First of all, so that nothing fails or counts unseen. */
async function observe(env: ServiceEnv): Promise<void> {
  const origin = { mode: env.APP_MODE, stage: env.STAGE, release: env.RELEASE };
  startReporting({ dsn: env.SENTRY_DSN, tracesSampleRate: env.SENTRY_TRACES_SAMPLE_RATE, ...origin });
  reportCrashes(origin);
  await startMetrics(env.METRICS);
  // spans come with the first requests, which must not wait for the loading
  if (env.SENTRY_TRACES_SAMPLE_RATE > 0) await prepareReporting();
}

async function listen(env: ServiceEnv): Promise<void> {
  const app = await NestFactory.create<NestFastifyApplication>(
    await roots[env.APP_MODE](),
    await createHttpAdapter(env),
    { bufferLogs: true, bodyParser: false, abortOnError: false },
  );
  app.useLogger(app.get(AppLogger, { strict: false }));
  // by process.exit, so that what is buffered for the log is written
  app.enableShutdownHooks(undefined, { useProcessExit: true });
  const fastify = app.getHttpAdapter().getInstance();
  installPipeline(fastify, app.get(RequestGate, { strict: false }));
  if (env.METRICS === 'prometheus') installMetricsRoute(fastify);
  await installOverloadGuard(fastify);
  if (env.APP_MODE === 'web') {
    installCors(app, env.CORS_ORIGINS);
    if (env.STAGE !== 'prod') installDocumentation(app, { release: env.RELEASE, publicUrl: env.PUBLIC_URL });
  }
  // before init, which starts the pollers: nothing is received that could only be given back
  await app.get(StartupCheck, { strict: false }).pass();
  await app.init();
  await app.listen(env.PORT, env.HOST);
}
