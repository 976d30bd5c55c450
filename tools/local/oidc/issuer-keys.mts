import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { type JWTPayload, SignJWT } from 'jose';

interface IssuerKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** RSA keys of one provider: the newest signs, all are published. Made when somebody asks, since that takes a while. */
export class IssuerKeys {
  #keys: IssuerKey[] = [];

  jwks(): { keys: unknown[] } {
    this.#newest();
    const keys = this.#keys.map(({ kid, publicKey }) => ({
      ...publicKey.export({ format: 'jwk' }),
      kid,
      use: 'sig',
      alg: 'RS256',
    }));
    return { keys };
  }

  /** From now on another key signs. @param withdraw takes the keys before out of the JWKS */
  rotate(withdraw: boolean): void {
    this.#keys = [makeKey(), ...(withdraw ? [] : this.#keys)];
  }

  async sign(claims: JWTPayload): Promise<string> {
    const { kid, privateKey } = this.#newest();
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid }).sign(privateKey);
  }

  #newest(): IssuerKey {
    const [newest = makeKey()] = this.#keys;
    if (this.#keys.length === 0) this.#keys = [newest];
    return newest;
  }
}

function makeKey(): IssuerKey {
  return { kid: randomUUID(), ...generateKeyPairSync('rsa', { modulusLength: 2048 }) };
}
