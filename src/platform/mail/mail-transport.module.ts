import { Module } from '@nestjs/common';
import { ConfigModule, type ConfigType } from '@nestjs/config';
import { mailConfig } from '../../config/slices';
import { Shutdown } from '../lifecycle/shutdown';
import { Mailer } from './mailer';
import { SmtpMailer } from './smtp.mailer';

const mailer = {
  provide: Mailer,
  inject: [mailConfig.KEY, Shutdown],
  useFactory: (config: ConfigType<typeof mailConfig>, shutdown: Shutdown): Mailer => {
    const smtp = new SmtpMailer(config);
    shutdown.onClose(() => smtp.close());
    return smtp;
  },
};

@Module({ imports: [ConfigModule.forFeature(mailConfig)], providers: [mailer], exports: [mailer] })
export class MailTransportModule {}
