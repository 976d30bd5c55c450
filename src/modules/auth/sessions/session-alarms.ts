import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../../platform/database/transaction';
import { Clock, HOUR, secondsAfter } from '../../../shared/clock';
import type { DeviceId, UserId } from '../../../shared/ids';
import { AuditLog } from '../../audit';
import {
  DeviceMismatchMail,
  MailService,
  type MailTemplate,
  NewDeviceMail,
  SessionEndedMail,
} from '../../mail';
import { AccountStore } from '../accounts/account.store';
import { type Session, SessionStore } from './session.store';
import { SessionLiveness } from './session-liveness';

const ONE_NOTICE_PER_SECONDS = HOUR;

/** What the owner of an account has to hear of: each is audited and mailed, in the transaction that found it. */
@Injectable()
export class SessionAlarms {
  constructor(
    private readonly sessions: SessionStore,
    private readonly liveness: SessionLiveness,
    private readonly accounts: AccountStore,
    private readonly mails: MailService,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** Ends the session with its whole family of refresh tokens. */
  async tokenReused(tx: Transaction, session: Session, presentedBy: DeviceId): Promise<void> {
    await this.sessions.revoke(tx, session, 'refresh_reused', this.clock.now());
    tx.afterCommit(() => void this.liveness.ended(session.id));
    await this.record(tx, session, 'session.refresh_reused', presentedBy);
    await this.tell(tx, session.userId, SessionEndedMail);
  }

  /** The session lives on; its owner is told once an hour at most. */
  async deviceMismatch(tx: Transaction, session: Session, presentedBy: DeviceId): Promise<void> {
    await this.record(tx, session, 'session.device_mismatch', presentedBy);
    const now = this.clock.now();
    const lastNotice = secondsAfter(now, -ONE_NOTICE_PER_SECONDS);
    const due = await this.sessions.claimMismatchNotice(tx, session.id, lastNotice, now);
    if (due) await this.tell(tx, session.userId, DeviceMismatchMail);
  }

  async newDevice(tx: Transaction, session: Session): Promise<void> {
    await this.record(tx, session, 'session.new_device', session.deviceId);
    await this.tell(tx, session.userId, NewDeviceMail);
  }

  private async record(tx: Transaction, session: Session, action: string, deviceId: DeviceId): Promise<void> {
    const { userId, id } = session;
    await this.audit.record(tx, { actor: `user:${userId}`, action, target: `session:${id}`, deviceId });
  }

  private async tell(
    tx: Transaction,
    userId: UserId,
    template: MailTemplate<Record<string, never>>,
  ): Promise<void> {
    const email = await this.accounts.emailOf(tx, userId);
    if (email !== undefined) await this.mails.send(tx, template, email, {});
  }
}
