import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** How long a browser may remember a preflight. */
const PREFLIGHT_SECONDS = 600;

/** Browsers of these origins may call; without any, none may. */
export function installCors(app: NestFastifyApplication, origins: readonly string[]): void {
  if (origins.length === 0) return;
  app.enableCors({
    origin: [...origins],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    exposedHeaders: [
      'DPoP-Nonce',
      'ETag',
      'Idempotency-Replayed',
      'Location',
      'RateLimit',
      'RateLimit-Policy',
      'Retry-After',
      'Signature-Nonce',
      'WWW-Authenticate',
      'X-Request-ID',
    ],
    maxAge: PREFLIGHT_SECONDS,
  });
}
