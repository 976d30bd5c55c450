import { Injectable } from '@nestjs/common';
import type { Transaction } from '../../../platform/database/transaction';
import { Clock } from '../../../shared/clock';
import { Unauthenticated } from '../../../shared/domain-error';
import type { UserId } from '../../../shared/ids';
import { AuditLog } from '../../audit';
import type { OwnSession, Session } from './session.store';
import { SessionLiveness } from './session-liveness';
import { type FurtherProof, SessionProofStore } from './session-proof.store';

/** Raises and lowers what a session proves of its owner; its next access tokens, refreshed ones too, say so. */
@Injectable()
export class SessionProofs {
  constructor(
    private readonly store: SessionProofStore,
    private readonly liveness: SessionLiveness,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /** @throws Unauthenticated when the session ended meanwhile */
  async raise(tx: Transaction, session: OwnSession, proof: FurtherProof): Promise<Session> {
    const raised = await this.store.raise(tx, session, proof, this.clock.now());
    if (raised === undefined) throw new Unauthenticated();
    const { userId, id } = session;
    await this.audit.record(tx, {
      actor: `user:${userId}`,
      action: 'session.stepped_up',
      target: `session:${id}`,
      details: { secondFactor: proof.secondFactor },
    });
    return raised;
  }

  /** Where there is no second factor any more no session has one. @param rolesVersion what access tokens need now */
  async lowerAll(tx: Transaction, userId: UserId, rolesVersion: number): Promise<void> {
    const lowered = await this.store.lowerAll(tx, userId);
    tx.afterCommit(() => {
      for (const { id, signingKey } of lowered) void this.liveness.changed(id, { rolesVersion, signingKey });
    });
  }
}
