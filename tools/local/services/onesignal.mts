import { LOOPBACK } from '../ports.mts';
import { answersOk } from '../probe.mts';
import { spawnOwn } from './own-process.mts';
import type { Service } from './service.mts';

/** The OneSignal sandbox; it reports deliveries to the web process as OneSignal's event webhooks do. */
export const onesignal: Service = {
  name: 'onesignal',
  stopSignal: 'SIGTERM',
  spawn: (context) =>
    spawnOwn(context, 'onesignal', 'onesignal/server.mts', {
      PORT: String(context.ports.onesignal),
      APP_ID: context.secrets.onesignalAppId,
      API_KEY: context.secrets.onesignalApiKey,
      WEBHOOK_URL: `http://${LOOPBACK}:${context.ports.web}/v1/webhooks/onesignal`,
      WEBHOOK_SECRET: context.secrets.onesignalWebhookSecret,
    }),
  isReady: ({ ports }) => answersOk(ports.onesignal, '/_sandbox/settings'),
};
