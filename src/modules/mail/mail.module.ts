import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { keysConfig } from '../../config/slices';
import { MailService } from './mail.service';
import { MailStore } from './mail.store';
import { PgMailStore } from './pg-mail.store';

@Module({
  imports: [ConfigModule.forFeature(keysConfig)],
  providers: [MailService, { provide: MailStore, useClass: PgMailStore }],
  exports: [MailService, MailStore],
})
export class MailModule {}
