import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { keysConfig, oneSignalWebhookConfig } from '../../config/slices';
import { DevicesModule } from '../devices';
import { InboxHttpModule } from './inbox/inbox.http.module';
import { NotificationsController } from './notifications/notifications.controller';
import { NotificationsService } from './notifications/notifications.service';
import { TestPushController } from './notifications/test-push.controller';
import { PreferencesHttpModule } from './preferences/preferences.http.module';
import { PushModule } from './push.module';
import { TemplatesHttpModule } from './templates/templates.http.module';
import { TopicsHttpModule } from './topics/topics.http.module';

@Module({
  imports: [
    PushModule,
    DevicesModule,
    PreferencesHttpModule,
    TopicsHttpModule,
    InboxHttpModule,
    TemplatesHttpModule,
    ConfigModule.forFeature(oneSignalWebhookConfig),
    ConfigModule.forFeature(keysConfig),
  ],
  controllers: [NotificationsController, TestPushController],
  providers: [NotificationsService],
})
export class PushHttpModule {}
