import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { keysConfig } from '../../../config/slices';
import type { Transaction } from '../../../platform/database/transaction';
import type { UserId } from '../../../shared/ids';
import { AuditLog } from '../../audit';
import { failureDigests } from '../../auth';
import { MailService } from '../../mail';
import { SubjectKeys } from '../../subject-keys';
import { ErasureStore } from './erasure.store';

/** Forgets one person in one transaction: the account with all that belongs to it, and what is kept under their address. */
@Injectable()
export class PersonErasure {
  constructor(
    private readonly store: ErasureStore,
    private readonly mails: MailService,
    private readonly subjects: SubjectKeys,
    private readonly audit: AuditLog,
    @Inject(keysConfig.KEY) private readonly keys: Pick<ConfigType<typeof keysConfig>, 'data'>,
  ) {}

  /**
   * May be repeated.
   * @param details of the audit row
   * @returns false when they were gone already
   */
  async erase(
    tx: Transaction,
    userId: UserId,
    actor: 'system' | 'operator',
    details: Readonly<Record<string, string | number | boolean>>,
  ): Promise<boolean> {
    const traces = await this.store.tracesOf(tx, userId);
    if (traces === undefined) return false;
    const digests = traces.emails.flatMap((email) => failureDigests(this.keys.data, email));
    await this.store.forgetTraces(tx, { ...traces, failureDigests: digests });
    const mails = await this.mails.forget(tx, traces.emails);
    const keys = await this.subjects.destroy(tx, userId);
    await this.store.removeAccount(tx, userId);
    const facts = { ...details, mails, keys };
    await this.audit.record(tx, {
      actor,
      action: 'account.erased',
      target: `user:${userId}`,
      details: facts,
    });
    return true;
  }
}
