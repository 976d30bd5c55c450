import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { oneSignalWebhookConfig } from '../../config/slices';
import { NotificationsService } from './notifications.service';
import { PushController } from './push.controller';
import { PushModule } from './push.module';

@Module({
  imports: [PushModule, ConfigModule.forFeature(oneSignalWebhookConfig)],
  controllers: [PushController],
  providers: [NotificationsService],
})
export class PushHttpModule {}
