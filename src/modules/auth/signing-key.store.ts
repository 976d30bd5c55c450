import type { JWK } from 'jose';

export type SigningKeyState = 'standby' | 'in_use' | 'previously_used' | 'revoked';

export interface StoredSigningKey {
  readonly kid: string;
  readonly state: SigningKeyState;
  readonly publicJwk: JWK;
  /** PKCS#8 under the key-encryption key. */
  readonly privateKeySealed: Buffer;
}

export abstract class SigningKeyStore {
  /** All keys but the revoked ones. */
  abstract list(): Promise<StoredSigningKey[]>;
  /** Adds the first key; does nothing when another process was faster. */
  abstract addFirst(key: StoredSigningKey, now: Date): Promise<void>;
}
