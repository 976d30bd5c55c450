import { generateKeyPair, generateProof, type JWSAlgorithm, type KeyPair } from 'dpop';
import { type Answer, expectStatus } from './api';
import type { Phone, Session } from './phone';

export interface ProofOptions {
  readonly accessToken?: string;
  readonly nonce?: string;
  /** Other than the real one. */
  readonly htu?: string;
}

/** A key in a phone's secure hardware; its proofs are made by a client library that is not ours. */
export class DpopKey {
  static async generate(url: string, algorithm: JWSAlgorithm = 'ES256'): Promise<DpopKey> {
    return new DpopKey(url, await generateKeyPair(algorithm, { extractable: true }));
  }

  private constructor(
    private readonly url: string,
    readonly pair: KeyPair,
  ) {}

  proof(method: string, path: string, options: ProofOptions = {}): Promise<string> {
    const { accessToken, nonce, htu = `${this.url}${path}` } = options;
    return generateProof(this.pair, htu, method, nonce, accessToken);
  }

  /** What an authenticated request of a bound session carries. */
  async headers(
    session: Session,
    method: string,
    path: string,
    nonce?: string,
  ): Promise<Record<string, string>> {
    const { accessToken } = session;
    const proof = await this.proof(method, path, { accessToken, ...(nonce !== undefined && { nonce }) });
    return { authorization: `DPoP ${accessToken}`, dpop: proof };
  }

  /** Signs in with the phone's password, and a proof. */
  async login(phone: Phone): Promise<Session> {
    const { email, password, device } = phone;
    const headers = { dpop: await this.proof('POST', '/v1/auth/login') };
    const answer = await phone.api.post('/v1/auth/login', { email, password, device }, headers);
    return expectStatus(answer, 200).json<Session>();
  }

  async get(phone: Phone, session: Session, path = '/v1/me', nonce?: string): Promise<Answer> {
    return phone.api.get(path, await this.headers(session, 'GET', path, nonce));
  }

  /** @param nonce of the server */
  async refresh(phone: Phone, refreshToken: string, nonce?: string): Promise<Answer> {
    const proof = await this.proof('POST', '/v1/auth/refresh', nonce === undefined ? {} : { nonce });
    const { deviceId } = phone;
    return phone.api.post('/v1/auth/refresh', { refreshToken, deviceId }, { dpop: proof });
  }
}
