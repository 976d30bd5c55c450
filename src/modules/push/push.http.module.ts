import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { keysConfig, oneSignalWebhookConfig } from '../../config/slices';
import { DevicesModule } from '../devices';
import { NotificationsController } from './notifications/notifications.controller';
import { NotificationsService } from './notifications/notifications.service';
import { TestPushController } from './notifications/test-push.controller';
import { PushModule } from './push.module';
import { NoTemplates, TemplateRenderer } from './templates/template-renderer';

@Module({
  imports: [
    PushModule,
    DevicesModule,
    ConfigModule.forFeature(oneSignalWebhookConfig),
    ConfigModule.forFeature(keysConfig),
  ],
  controllers: [NotificationsController, TestPushController],
  providers: [NotificationsService, { provide: TemplateRenderer, useClass: NoTemplates }],
})
export class PushHttpModule {}
