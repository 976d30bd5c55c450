export { WebhookHandlers } from './webhook-handlers';
export { WebhooksHttpModule, WebhooksWorkerModule } from './webhooks.module';
