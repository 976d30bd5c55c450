import { FCM_CLIENT_EMAIL, FCM_PROJECT } from '../names.mts';
import { answersOk } from '../probe.mts';
import { spawnOwn } from './own-process.mts';
import type { Service } from './service.mts';

/** The sandbox of FCM HTTP v1 and of Google's token endpoint. */
export const fcm: Service = {
  name: 'fcm',
  stopSignal: 'SIGTERM',
  spawn: (context) =>
    spawnOwn(context, 'fcm', 'fcm/server.mts', {
      PORT: String(context.ports.fcm),
      PROJECT_ID: FCM_PROJECT,
      CLIENT_EMAIL: FCM_CLIENT_EMAIL,
      PRIVATE_KEY: context.secrets.fcmPrivateKey,
      TLS_KEY: context.secrets.fcmTlsKey,
      TLS_CERT: context.secrets.fcmTlsCertificate,
    }),
  isReady: ({ ports }) => answersOk(ports.fcm, '/_sandbox/settings'),
};
