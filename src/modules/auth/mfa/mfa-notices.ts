import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../../platform/database/transaction';
import type { UserId } from '../../../shared/ids';
import { AuditLog } from '../../audit';
import {
  MailService,
  type MailTemplate,
  RecoveryCodeUsedMail,
  SecondFactorAddedMail,
  SecondFactorGuessedMail,
  SecondFactorRemovedMail,
  SecondFactorResetMail,
} from '../../mail';
import { AccountStore } from '../accounts/account.store';

/** What the owner of an account has to hear of their second factor: audited and mailed in the transaction that does it. */
@Injectable()
export class MfaNotices {
  constructor(
    private readonly accounts: AccountStore,
    private readonly mails: MailService,
    private readonly audit: AuditLog,
  ) {}

  async added(tx: Transaction, userId: UserId): Promise<void> {
    await this.record(tx, userId, 'mfa.totp_added');
    await this.tell(tx, userId, SecondFactorAddedMail, {});
  }

  async removed(tx: Transaction, userId: UserId): Promise<void> {
    await this.record(tx, userId, 'mfa.totp_removed');
    await this.tell(tx, userId, SecondFactorRemovedMail, {});
  }

  async recoveryCodeUsed(tx: Transaction, userId: UserId, left: number): Promise<void> {
    await this.record(tx, userId, 'mfa.recovery_code_used', { left });
    await this.tell(tx, userId, RecoveryCodeUsedMail, { left });
  }

  /** Somebody who knows the password goes through codes. */
  async guessed(tx: Transaction, userId: UserId): Promise<void> {
    await this.record(tx, userId, 'mfa.guessed');
    await this.tell(tx, userId, SecondFactorGuessedMail, {});
  }

  async resetByOperator(tx: Transaction, userId: UserId, sessionsEnded: number): Promise<void> {
    const [action, target] = ['mfa.reset', `user:${userId}`];
    await this.audit.record(tx, { actor: 'operator', action, target, details: { sessionsEnded } });
    await this.tell(tx, userId, SecondFactorResetMail, {});
  }

  private async record(
    tx: Transaction,
    userId: UserId,
    action: string,
    details: Readonly<Record<string, number>> = {},
  ): Promise<void> {
    await this.audit.record(tx, { actor: `user:${userId}`, action, target: `user:${userId}`, details });
  }

  private async tell<Variables>(
    tx: Transaction,
    userId: UserId,
    template: MailTemplate<Variables>,
    variables: Variables,
  ): Promise<void> {
    const email = await this.accounts.emailOf(tx, userId);
    if (email !== undefined) await this.mails.send(tx, template, email, variables);
  }
}
