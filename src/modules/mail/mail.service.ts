import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { z } from 'zod';
import { keysConfig } from '../../config/slices';
import type { Transaction } from '../../platform/database/transaction';
import { Outbox } from '../../platform/sqs/outbox';
import { Clock } from '../../shared/clock';
import { idSchema, type MailId, newId } from '../../shared/ids';
import { defineMessage } from '../../shared/message';
import { MailStore, type PendingMail } from './mail.store';
import type { MailTemplate } from './mail-template';

export const SendMail = defineMessage(
  'mail.send',
  'background-jobs',
  z.object({ mailId: idSchema<'Mail'>() }),
);

/** What a mail's row holds under the data key. */
export const SealedContent = z.object({ to: z.string(), variables: z.unknown() });

const PAGE = 500;

/** Mails leave through a queue: the row holds address and words under the data key, the message holds its id. */
@Injectable()
export class MailService {
  constructor(
    private readonly store: MailStore,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    @Inject(keysConfig.KEY) private readonly keys: ConfigType<typeof keysConfig>,
  ) {}

  /** Queues a mail that is sent exactly when the transaction commits. */
  async send<Variables>(
    tx: Transaction,
    template: MailTemplate<Variables>,
    to: string,
    variables: Variables,
  ): Promise<void> {
    const id = newId<'Mail'>();
    const content = this.keys.data.seal(JSON.stringify({ to, variables }), sealContext(id));
    await this.store.add(tx, { id, template: template.name, content }, this.clock.now());
    // fair queues: many mails of one kind, such as a notice to all, delay no sign-in code
    await this.outbox.add(tx, SendMail, { mailId: id }, { groupId: `mail:${template.name}` });
  }

  /** Takes back what was not sent yet to these addresses. @returns how many there were */
  async forget(tx: Transaction, addresses: readonly string[]): Promise<number> {
    let count = 0;
    let after: MailId | undefined;
    do {
      const page = await this.store.unsent(tx, after, PAGE);
      const theirs = page.filter((mail) => addresses.includes(this.addressOf(mail)));
      await this.store.remove(
        tx,
        theirs.map(({ id }) => id),
      );
      count += theirs.length;
      after = page.length < PAGE ? undefined : page.at(-1)?.id;
    } while (after !== undefined);
    return count;
  }

  private addressOf({ id, content }: PendingMail): string {
    const opened: unknown = JSON.parse(this.keys.data.open(content, sealContext(id)).toString());
    return SealedContent.parse(opened).to;
  }
}

export const sealContext = (id: string): string => `mail:${id}`;
