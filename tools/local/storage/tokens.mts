import { createHmac, timingSafeEqual } from 'node:crypto';
import { errors } from './errors.mts';

/** What a signed URL allows. */
export interface Grant {
  readonly use: 'upload' | 'download';
  /** `<bucket>/<path>` */
  readonly url: string;
  /** Whether an upload may replace an object. */
  readonly upsert: boolean;
  /** Unix seconds. */
  readonly exp: number;
}

/** Signed URLs: the grant itself travels in the token. */
export class Tokens {
  readonly #secret: string;

  constructor(secret: string) {
    this.#secret = secret;
  }

  sign(grant: Grant): string {
    const payload = Buffer.from(JSON.stringify(grant)).toString('base64url');
    return `${payload}.${this.#mac(payload).toString('base64url')}`;
  }

  /** @throws HttpError when the token is not ours, expired, or made for another use or another object. */
  verify(token: string, use: Grant['use'], url: string): Grant {
    const [payload = '', mac = ''] = token.split('.');
    const given = Buffer.from(mac, 'base64url');
    const right = this.#mac(payload);
    if (given.length !== right.length || !timingSafeEqual(given, right)) throw errors.invalidToken();
    const grant = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Grant;
    if (grant.use !== use || grant.url !== url) throw errors.invalidToken();
    if (grant.exp * 1_000 <= Date.now()) throw errors.expiredToken();
    return grant;
  }

  #mac(payload: string): Buffer {
    return createHmac('sha256', this.#secret).update(payload).digest();
  }
}
