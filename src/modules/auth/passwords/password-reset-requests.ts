import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import { MailService, NoAccountMail, PasswordResetMail } from '../../mail';
import { AccountStore } from '../accounts/account.store';
import { PasswordResetCodes } from './password-reset-codes';

/** Somebody says that a password is forgotten. */
@Injectable()
export class PasswordResetRequests {
  constructor(
    private readonly accounts: AccountStore,
    private readonly codes: PasswordResetCodes,
    private readonly mails: MailService,
    private readonly database: Database,
  ) {}

  /** One code and one mail either way: who has no account is told so in its own mailbox only. */
  async make(email: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const isKnown = await this.accounts.existsWithEmail(tx, email);
      const code = await this.codes.issue(tx, email);
      if (isKnown) await this.mails.send(tx, PasswordResetMail, email, { code });
      else await this.mails.send(tx, NoAccountMail, email, {});
    });
  }
}
