export { WebhookHandlers } from './webhook-handlers';
export { WebhooksWorkerModule } from './webhooks.worker.module';
