import http from 'node:http';
import https from 'node:https';
import { assertNodeVersion } from '../../src/config/node-version';

assertNodeVersion();

const TIMEOUT_MS = 4_000;

/**
 * The health check of the image and of ECS: exits 0 when the service in this container answers `/health/live` with 200.
 * It starts every 30 s on a quarter of a processor, so it loads nothing but Node's own client.
 */
function probe(): void {
  const { PORT = '8000', TLS_MODE = 'off' } = process.env;
  const target = { host: '127.0.0.1', port: Number(PORT), path: '/health/live', timeout: TIMEOUT_MS };
  // The certificate is made in memory at each start: nobody could have signed it.
  const request =
    TLS_MODE === 'self-signed' ? https.get({ ...target, rejectUnauthorized: false }) : http.get(target);
  request.on('response', ({ statusCode }) => finish(statusCode === 200, `answered ${statusCode}`));
  request.on('timeout', () => finish(false, `did not answer in ${TIMEOUT_MS} ms`));
  request.on('error', (error) => finish(false, error.message));
}

function finish(healthy: boolean, reason: string): never {
  if (!healthy) process.stderr.write(`/health/live ${reason}\n`);
  process.exit(healthy ? 0 : 1);
}

probe();
