import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { keysConfig } from '../../config/slices';
import { WebhookHandlers } from './webhook-handlers';
import { WebhooksConsumer } from './webhooks.consumer';
import { WebhooksModule } from './webhooks.module';

@Module({
  imports: [WebhooksModule, ConfigModule.forFeature(keysConfig)],
  providers: [WebhooksConsumer, WebhookHandlers],
  exports: [WebhookHandlers],
})
export class WebhooksWorkerModule {}
