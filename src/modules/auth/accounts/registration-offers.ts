import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import { Clock } from '../../../shared/clock';
import { AccountExistsMail, AdminSetupMail, MailService, VerificationCodeMail } from '../../mail';
import { AccountStore, type RegistrationOffer } from './account.store';
import { VerificationCodes } from './verification-codes';

/** Offers to open an account, each with a code by mail to whoever owns the address. */
@Injectable()
export class RegistrationOffers {
  constructor(
    private readonly accounts: AccountStore,
    private readonly codes: VerificationCodes,
    private readonly mails: MailService,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** One mail either way: a code, or to the owner of an account a note. */
  async make(offer: Omit<RegistrationOffer, 'code'>): Promise<void> {
    const { email } = offer;
    await this.database.transaction(async (tx) => {
      if (await this.accounts.existsWithEmail(tx, email)) {
        await this.mails.send(tx, AccountExistsMail, email, {});
        return;
      }
      const { code, ...stored } = this.codes.create(email);
      await this.accounts.offer(tx, { ...offer, code: stored }, this.clock.now());
      const template = offer.passwordHash === null ? AdminSetupMail : VerificationCodeMail;
      await this.mails.send(tx, template, email, { code });
    });
  }

  /** Sends a new code where a registration waits for one; says nothing either way. */
  async resend(email: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      const { code, ...stored } = this.codes.create(email);
      const waiting = await this.accounts.replaceCode(tx, email, stored);
      if (waiting) await this.mails.send(tx, VerificationCodeMail, email, { code });
    });
  }
}
