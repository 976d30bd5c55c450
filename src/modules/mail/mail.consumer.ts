import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { keysConfig } from '../../config/slices';
import { Mailer } from '../../platform/mail/mailer';
import { MessageHandlers } from '../../platform/sqs/message-handlers';
import { Clock } from '../../shared/clock';
import type { MailId } from '../../shared/ids';
import { SealedContent, SendMail, sealContext } from './mail.service';
import { MailStore } from './mail.store';
import { renderMail } from './mail.templates';

/** Sends a queued mail. At least once: a crash between sending and noting it sends it again under the same id. */
@Injectable()
export class MailConsumer {
  constructor(
    handlers: MessageHandlers,
    private readonly store: MailStore,
    private readonly mailer: Mailer,
    private readonly clock: Clock,
    @Inject(keysConfig.KEY) private readonly keys: ConfigType<typeof keysConfig>,
  ) {
    handlers.on(SendMail, ({ mailId }) => this.send(mailId));
  }

  private async send(id: MailId): Promise<void> {
    const mail = await this.store.findUnsent(id);
    if (mail === undefined) return;
    const opened = this.keys.data.open(mail.content, sealContext(id)).toString();
    const { to, variables } = SealedContent.parse(JSON.parse(opened));
    await this.mailer.send({ id, to, ...renderMail(mail.template, variables) });
    await this.store.markSent(id, this.clock.now());
  }
}
