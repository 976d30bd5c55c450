import { randomUUID } from 'node:crypto';
import { type Answer, expectStatus } from './api';
import type { Phone } from './phone';
import type { TestStack } from './test-stack';

export type Provider = 'apple' | 'google';

export interface Minted {
  readonly idToken: string;
  readonly nonce: string;
  readonly authorizationCode?: string;
}

export interface MintOptions {
  readonly subject?: string;
  readonly email?: string;
  readonly nonce?: string;
  readonly clientId?: string;
  /** In place of its own; null takes one out. */
  readonly claims?: Readonly<Record<string, unknown>>;
}

export interface RefreshToken {
  readonly refreshToken: string;
  readonly clientId: string;
  readonly subject: string;
  readonly revoked: boolean;
}

/** One of the two providers that the local stack plays. */
export class Issuer {
  constructor(
    mailboxUrl: string,
    readonly provider: Provider,
  ) {
    this.url = `${mailboxUrl}/oidc/${provider}`;
  }

  /** What `iss` says. */
  readonly url: string;

  /** A token as the provider's SDK would give it to the app. */
  async mint(options: MintOptions = {}): Promise<Minted> {
    return (await this.#send('POST', 'id-tokens', { nonce: randomUUID(), ...options })) as Minted;
  }

  async rotate(options: { withdraw?: boolean } = {}): Promise<void> {
    await this.#send('POST', 'keys/rotate', options);
  }

  async fault(fault: { status?: number; delayMs?: number }): Promise<void> {
    await this.#send('PUT', 'fault', fault);
  }

  async calls(): Promise<{ keys: number; token: number; revoke: number }> {
    return (await this.#send('GET', 'calls')) as { keys: number; token: number; revoke: number };
  }

  async refreshTokens(): Promise<RefreshToken[]> {
    return (await this.#send('GET', 'refresh-tokens')) as RefreshToken[];
  }

  async #send(method: string, what: string, body?: unknown): Promise<unknown> {
    const response = await fetch(`${this.url}/${what}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`the issuer refused ${what}: ${response.status} ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}

/** Both, as a stack plays them. */
export function issuersOf(stack: TestStack): Readonly<Record<Provider, Issuer>> {
  const mailbox = `http://127.0.0.1:${stack.local.ports.mailbox}`;
  return { apple: new Issuer(mailbox, 'apple'), google: new Issuer(mailbox, 'google') };
}

/** An address that nobody but Google gives out. */
export const gmail = (): string => `${randomUUID()}@gmail.com`;

/** The phone hands on what the provider's SDK gave it, and keeps the session. */
export function signInBy(
  phone: Phone,
  provider: Provider,
  minted: Minted,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<Answer> {
  return phone.signIn(`/v1/auth/oidc/${provider}`, { ...minted, device: phone.device, ...changes });
}

/** A new person's first sign-in. */
export async function joinBy(phone: Phone, issuer: Issuer, options: MintOptions = {}): Promise<Minted> {
  const minted = await issuer.mint({ email: phone.email, ...options });
  expectStatus(await signInBy(phone, issuer.provider, minted), 200);
  return minted;
}
