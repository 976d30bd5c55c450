import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { keysConfig, oneSignalWebhookConfig } from '../../config/slices';
import { OneSignalSource } from './sources/onesignal.source';
import { WebhookIntakeService } from './webhook-intake.service';
import { WebhooksController } from './webhooks.controller';
import { WebhooksModule } from './webhooks.module';

@Module({
  imports: [
    WebhooksModule,
    ConfigModule.forFeature(keysConfig),
    ConfigModule.forFeature(oneSignalWebhookConfig),
  ],
  controllers: [WebhooksController],
  providers: [WebhookIntakeService, OneSignalSource],
})
export class WebhooksHttpModule {}
