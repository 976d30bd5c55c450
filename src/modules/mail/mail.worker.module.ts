import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { keysConfig } from '../../config/slices';
import { MailTransportModule } from '../../platform/mail/mail-transport.module';
import { MailConsumer } from './mail.consumer';
import { MailModule } from './mail.module';

@Module({
  imports: [MailModule, MailTransportModule, ConfigModule.forFeature(keysConfig)],
  providers: [MailConsumer],
})
export class MailWorkerModule {}
