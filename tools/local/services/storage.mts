import path from 'node:path';
import { STORAGE_BUCKET } from '../names.mts';
import { answersOk } from '../probe.mts';
import { spawnOwn } from './own-process.mts';
import type { Service } from './service.mts';

/** The routes of Supabase Storage that we use, on files below the state folder. */
export const storage: Service = {
  name: 'storage',
  stopSignal: 'SIGTERM',
  spawn: (context) =>
    spawnOwn(context, 'storage', 'storage/server.mts', {
      PORT: String(context.ports.storage),
      SERVICE_KEY: context.secrets.supabaseServiceKey,
      BUCKET: STORAGE_BUCKET,
      DATA_FOLDER: path.join(context.state, 'storage'),
    }),
  isReady: ({ ports }) => answersOk(ports.storage, '/storage/v1/status'),
};
