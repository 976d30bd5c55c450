import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { answersOk } from '../probe.mts';
import { spawnOwn } from './own-process.mts';
import type { Service } from './service.mts';

/** SQS with dead-letter queues and persistence, and S3 on the same port. */
export const sqs: Service = {
  name: 'sqs',
  stopSignal: 'SIGTERM',
  spawn(context) {
    const folder = path.join(context.state, 'sqs');
    mkdirSync(folder, { recursive: true });
    return spawnOwn(context, 'sqs', 'services/sqs-server.mts', {
      PORT: String(context.ports.sqs),
      DATA_FOLDER: folder,
    });
  },
  // The queues are made in the same turn of the event loop in which it starts to listen.
  isReady: ({ ports }) => answersOk(ports.sqs, '/health'),
};
