import { answersOk } from '../probe.mts';
import { spawnOwn } from './own-process.mts';
import type { Service } from './service.mts';

/** Mail by SMTP in, by HTTP out. */
export const mailbox: Service = {
  name: 'mailbox',
  stopSignal: 'SIGTERM',
  spawn: (context) =>
    spawnOwn(context, 'mailbox', 'mailbox/server.mts', {
      PORT: String(context.ports.mailbox),
      SMTP_PORT: String(context.ports.smtp),
      APPLE_PRIVATE_KEY: context.secrets.applePrivateKey,
    }),
  isReady: ({ ports }) => answersOk(ports.mailbox, '/messages'),
};
