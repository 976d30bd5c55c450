import type { Transaction } from '../../../platform/database/transaction';
import type { SessionId, UserId } from '../../../shared/ids';
import type { LiveSession, OwnSession, Session } from './session.store';

/** Something that a signed-in person proved again, or besides. */
export interface FurtherProof {
  /** RFC 8176. */
  readonly amr: readonly string[];
  readonly secondFactor: boolean;
}

export type LoweredSession = Pick<LiveSession, 'signingKey'> & { readonly id: SessionId };

/** How well a session's owner is known, and since when. */
export abstract class SessionProofStore {
  /** @returns undefined when the session has ended */
  abstract raise(
    tx: Transaction,
    session: OwnSession,
    proof: FurtherProof,
    now: Date,
  ): Promise<Session | undefined>;
  /** Takes the second factor from every session of a user. @returns those that had it, with what their devices sign with */
  abstract lowerAll(tx: Transaction, userId: UserId): Promise<readonly LoweredSession[]>;
}
