import { generateKeyPair, generateProof, type JWSAlgorithm, type KeyPair } from 'dpop';
import { type Answer, expectStatus, type Problem } from './api';
import type { Phone, Session } from './phone';

export interface ProofOptions {
  readonly accessToken?: string;
  /** Of the server. */
  readonly nonce?: string | undefined;
}

/** As many times as a client lets itself be asked for a nonce. */
const MOST_CHALLENGES = 3;

/** A key in a phone's secure hardware; its proofs are made by a client library that is not ours. */
export class DpopKey {
  /** The last nonce of the server: like any client it uses it until another one is asked for. */
  nonce: string | undefined;

  static async generate(url: string, algorithm: JWSAlgorithm = 'ES256'): Promise<DpopKey> {
    return new DpopKey(url, await generateKeyPair(algorithm, { extractable: true }));
  }

  private constructor(
    private readonly url: string,
    readonly pair: KeyPair,
  ) {}

  proof(method: string, path: string, { accessToken, nonce }: ProofOptions = {}): Promise<string> {
    return generateProof(this.pair, `${this.url}${path}`, method, nonce, accessToken);
  }

  /** What an authenticated request of a bound session carries. */
  async headers(session: Session, method: string, path: string): Promise<Record<string, string>> {
    const { accessToken } = session;
    const dpop = await this.proof(method, path, { accessToken, nonce: this.nonce });
    return { authorization: `DPoP ${accessToken}`, dpop };
  }

  /** Sends what `send` does, again with another nonce when one is asked for: a slow Redis is enough for that. */
  async challenged(send: () => Promise<Answer>): Promise<Answer> {
    for (let left = MOST_CHALLENGES; ; left--) {
      const answer = await send();
      const asked = answer.headers.get('dpop-nonce');
      if (asked === null || left === 0) return answer;
      expectCode(answer, 'use_dpop_nonce');
      this.nonce = asked;
    }
  }

  /** Signs in with the phone's password, and a proof. */
  async login(phone: Phone): Promise<Session> {
    return expectStatus(await this.challenged(() => this.loginOnce(phone)), 200).json<Session>();
  }

  async loginOnce(phone: Phone): Promise<Answer> {
    const { email, password, device } = phone;
    const path = '/v1/auth/login';
    const dpop = await this.proof('POST', path, { nonce: this.nonce });
    return phone.api.post(path, { email, password, device }, { dpop });
  }

  async get(phone: Phone, session: Session, path = '/v1/me'): Promise<Answer> {
    return this.challenged(async () => phone.api.get(path, await this.headers(session, 'GET', path)));
  }

  async refresh(phone: Phone, refreshToken: string): Promise<Answer> {
    return this.challenged(() => this.refreshOnce(phone, refreshToken));
  }

  async refreshOnce(phone: Phone, refreshToken: string): Promise<Answer> {
    const path = '/v1/auth/refresh';
    const dpop = await this.proof('POST', path, { nonce: this.nonce });
    return phone.api.post(path, { refreshToken, deviceId: phone.deviceId }, { dpop });
  }
}

function expectCode(answer: Answer, code: string): void {
  if (answer.json<Problem>().code !== code) throw new Error(`expected ${code}: ${answer.text}`);
}
