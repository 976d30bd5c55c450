import { answersOk } from '../probe.mts';
import { spawnOwn } from './own-process.mts';
import type { Service } from './service.mts';

/** Takes what the app reports to Sentry. */
export const sentry: Service = {
  name: 'sentry',
  stopSignal: 'SIGTERM',
  spawn: (context) =>
    spawnOwn(context, 'sentry', 'sentry/server.mts', { PORT: String(context.ports.sentry) }),
  isReady: ({ ports }) => answersOk(ports.sentry, '/_sandbox/events'),
};
