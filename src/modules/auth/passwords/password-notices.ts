import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../../platform/database/transaction';
import type { DeviceId } from '../../../shared/ids';
import { AuditLog } from '../../audit';
import { MailService, PasswordChangedMail } from '../../mail';
import type { User } from '../accounts/account.store';

/** What allows another password. */
export type ReplacedBy = 'current_password' | 'change_token' | 'reset_code';

/** What the owner of an account has to hear of their password: audited and mailed in the transaction that does it. */
@Injectable()
export class PasswordNotices {
  constructor(
    private readonly mails: MailService,
    private readonly audit: AuditLog,
  ) {}

  /** @param deviceId where who is signed in changed it */
  async changed(
    tx: Transaction,
    { id, email }: User,
    by: ReplacedBy,
    deviceId: DeviceId | undefined,
  ): Promise<void> {
    await this.audit.record(tx, {
      actor: `user:${id}`,
      action: 'password.changed',
      target: `user:${id}`,
      ...(deviceId !== undefined && { deviceId }),
      details: { by },
    });
    await this.mails.send(tx, PasswordChangedMail, email, {});
  }
}
