import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { oneSignalWebhookConfig } from '../../config/slices';
import { NotificationsController } from './notifications/notifications.controller';
import { NotificationsService } from './notifications/notifications.service';
import { PushModule } from './push.module';

@Module({
  imports: [PushModule, ConfigModule.forFeature(oneSignalWebhookConfig)],
  controllers: [NotificationsController],
  providers: [NotificationsService],
})
export class PushHttpModule {}
