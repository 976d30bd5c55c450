import { randomUUID } from 'node:crypto';
import { type Answer, Api, expectStatus } from './api';
import type { Mailbox } from './mailbox';
import { waitFor } from './wait-for';

const PATIENCE_MS = 20_000;

export interface Session {
  readonly accessToken: string;
  readonly tokenType: string;
  readonly expiresIn: number;
  readonly refreshToken: string;
  readonly refreshExpiresIn: number;
  readonly sessionId: string;
  readonly user: { readonly id: string; readonly email: string; readonly roles: readonly string[] };
}

export interface PhoneOptions {
  readonly email?: string;
  readonly password?: string;
  readonly deviceId?: string;
}

/** As an app does that is told to come back shortly: a busy machine turns sign-ups away. */
const patiently = (call: () => Promise<Answer>): Promise<Answer> =>
  waitFor(
    'an answer but 503',
    async () => {
      const answer = await call();
      return answer.status === 503 ? undefined : answer;
    },
    PATIENCE_MS,
  );

/** A person with the app on a phone. It keeps its session and its device token as the app would. */
export class Phone {
  readonly api: Api;
  readonly email: string;
  password: string;
  readonly deviceId: string;
  readonly subscriptionId = randomUUID();
  deviceToken: string | undefined;
  #session: Session | undefined;

  constructor(
    url: string,
    readonly mailbox: Mailbox,
    options: PhoneOptions = {},
  ) {
    this.api = new Api(url);
    this.email = options.email ?? `phone-${randomUUID()}@example.com`;
    this.password = options.password ?? `Aa1!${randomUUID()}`;
    this.deviceId = options.deviceId ?? randomUUID();
  }

  /** @throws Error before it has signed in */
  get session(): Session {
    if (this.#session === undefined) throw new Error('this phone has not signed in');
    return this.#session;
  }

  /** Another phone of the same person. */
  sibling(): Phone {
    return new Phone(this.api.url, this.mailbox, { email: this.email, password: this.password });
  }

  get device() {
    return { deviceId: this.deviceId, platform: 'ios', appVersion: '1.2.3' };
  }

  get authorization(): Record<string, string> {
    return {
      authorization: `Bearer ${this.session.accessToken}`,
      ...(this.deviceToken !== undefined && { 'x-device-token': this.deviceToken }),
    };
  }

  register(): Promise<Answer> {
    return this.api.post('/v1/auth/register', { email: this.email, password: this.password });
  }

  verify(code: string): Promise<Answer> {
    return this.signIn('/v1/auth/verify-email', { email: this.email, code, device: this.device });
  }

  login(): Promise<Answer> {
    const { email, password, device } = this;
    return this.signIn('/v1/auth/login', { email, password, device });
  }

  /** The second step of a sign-in that was asked for one. */
  loginMfa(mfaToken: string, code: string): Promise<Answer> {
    return this.signIn('/v1/auth/login/mfa', { mfaToken, code });
  }

  /** Goes on with the access token of the answer, as an app does. */
  async adopt(answering: Promise<Answer>): Promise<Answer> {
    const answer = await answering;
    if (answer.status !== 200) return answer;
    const { accessToken } = answer.json<{ accessToken: string }>();
    this.#session = { ...this.session, accessToken };
    return answer;
  }

  refresh(refreshToken = this.session.refreshToken, deviceId = this.deviceId): Promise<Answer> {
    return this.signIn('/v1/auth/refresh', { refreshToken, deviceId });
  }

  logout(): Promise<Answer> {
    return this.api.post('/v1/auth/logout', undefined, this.authorization);
  }

  me(): Promise<Answer> {
    return this.api.get('/v1/me', this.authorization);
  }

  async putDevice(changes: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    const { deviceId: _, ...facts } = this.device;
    const push = { provider: 'onesignal', subscriptionId: this.subscriptionId };
    const answer = await this.api.request('PUT', `/v1/devices/${this.deviceId}`, {
      headers: this.authorization,
      body: { ...facts, push, ...changes },
    });
    if (answer.status < 300)
      this.deviceToken = answer.json<{ deviceToken?: string }>().deviceToken ?? this.deviceToken;
    return answer;
  }

  /** Registers, reads the code in the mailbox and verifies. */
  async signUp(): Promise<this> {
    expectStatus(await patiently(() => this.register()), 202);
    expectStatus(await this.verify(await this.mailbox.codeFor(this.email)), 200);
    return this;
  }

  /** Signs up and registers for push. */
  async install(): Promise<this> {
    await this.signUp();
    expectStatus(await this.putDevice(), 201);
    return this;
  }

  /** Whatever opens a session. */
  async signIn(path: string, body: unknown): Promise<Answer> {
    const headers = this.deviceToken === undefined ? {} : { 'x-device-token': this.deviceToken };
    const answer = await this.api.post(path, body, headers);
    if (answer.status === 200) this.#session = answer.json<Session>();
    return answer;
  }
}
