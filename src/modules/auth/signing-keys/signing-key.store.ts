import type { JWK } from 'jose';
import type { Transaction } from '../../../platform/database/transaction';

/**
 * standby: published, signs nothing yet. in_use: signs. previously_used: its tokens are still good. revoked: they are
 * not.
 */
export type SigningKeyState = 'standby' | 'in_use' | 'previously_used' | 'revoked';

export interface SigningKey {
  readonly kid: string;
  readonly state: SigningKeyState;
  readonly createdAt: Date;
  /** When it came into this state. */
  readonly since: Date;
}

/** A key with its halves. */
export interface KeyMaterial {
  readonly kid: string;
  readonly publicJwk: JWK;
  /** PKCS#8 under the key-encryption key; null once an emergency destroyed it. */
  readonly privateKeySealed: Buffer | null;
}

export type StoredSigningKey = SigningKey & KeyMaterial;

/** One step of a key. It happens only to a key that is in the state it starts from. */
export interface SigningKeyStep {
  readonly from: SigningKeyState;
  readonly to: SigningKeyState;
  /** Only if it came into `from` at this time or before. */
  readonly notAfter?: Date;
}

/** At most one key is standby and at most one is in use, whoever writes at the same time. */
export abstract class SigningKeyStore {
  /** Oldest first. */
  abstract list(): Promise<StoredSigningKey[]>;
  /** @returns false when there is one in this state already */
  abstract add(tx: Transaction, key: KeyMaterial, state: 'standby' | 'in_use', now: Date): Promise<boolean>;
  /** @returns false when the key is not where the step starts: somebody else was faster */
  abstract move(tx: Transaction, kid: string, step: SigningKeyStep, now: Date): Promise<boolean>;
  abstract destroyPrivateHalf(tx: Transaction, kid: string): Promise<void>;
}
