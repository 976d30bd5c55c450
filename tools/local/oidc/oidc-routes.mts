import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { HttpError, readBody, readJson, sendJson, sendNothing } from '../http.mts';
import { CLIENT_IDS } from '../names.mts';
import { AppleGrants } from './apple-grants.mts';
import { IssuerKeys } from './issuer-keys.mts';

type Provider = 'apple' | 'google';

/** Where each provider has its keys, below its issuer. */
const KEYS_PATH: Readonly<Record<Provider, string>> = { apple: 'auth/keys', google: 'oauth2/v3/certs' };
const LIFETIME_SECONDS: Readonly<Record<Provider, number>> = { apple: 600, google: 3600 };
const ROUTE = /^\/oidc\/(apple|google)\/(.+)$/;

interface Playing {
  readonly keys: IssuerKeys;
  readonly calls: Record<string, number>;
  fault: { readonly status?: unknown; readonly delayMs?: unknown };
}

/**
 * Plays Apple and Google below `/oidc/apple` and `/oidc/google`, which are the issuers of its tokens too. Everything is
 * kept in memory.
 */
export class OidcIssuer {
  readonly #playing: Readonly<Record<Provider, Playing>> = { apple: play(), google: play() };
  readonly #grants: AppleGrants;

  /** @param applePrivateKey of our servers, PKCS #8 in base64: client secrets are checked against it */
  constructor(applePrivateKey: string) {
    this.#grants = new AppleGrants(applePrivateKey);
  }

  async route(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const [, provider, what] = ROUTE.exec(url.pathname) ?? [];
    if ((provider !== 'apple' && provider !== 'google') || what === undefined) throw nothing();
    const issuer = `http://${request.headers.host}/oidc/${provider}`;
    const call = `${request.method} ${what}`;
    if (call === `GET ${KEYS_PATH[provider]}`) {
      await this.#asked(provider, 'keys');
      return sendJson(response, 200, this.#playing[provider].keys.jwks());
    }
    if (provider === 'apple' && (await this.#grant(call, request, response, issuer))) return;
    return this.#control(provider, call, request, response, issuer);
  }

  /** What Apple's servers answer to ours. @returns whether it was such a call */
  async #grant(
    call: string,
    request: IncomingMessage,
    response: ServerResponse,
    issuer: string,
  ): Promise<boolean> {
    if (call !== 'POST auth/token' && call !== 'POST auth/revoke') return false;
    const form = new URLSearchParams((await readBody(request)).toString());
    await this.#asked('apple', call === 'POST auth/token' ? 'token' : 'revoke');
    if (call === 'POST auth/token') {
      sendJson(response, 200, await this.#grants.exchange(form, issuer));
    } else {
      await this.#grants.revoke(form, issuer);
      response.writeHead(200).end();
    }
    return true;
  }

  /** What tests and developers ask for. */
  async #control(
    provider: Provider,
    call: string,
    request: IncomingMessage,
    response: ServerResponse,
    issuer: string,
  ): Promise<void> {
    const playing = this.#playing[provider];
    switch (call) {
      case 'GET calls':
        return sendJson(response, 200, playing.calls);
      case 'GET refresh-tokens':
        return sendJson(response, 200, this.#grants.tokens());
      case 'POST id-tokens':
        return sendJson(response, 200, await this.#mint(provider, issuer, await readJson(request)));
      case 'POST keys/rotate':
        playing.keys.rotate((await readJson(request)).withdraw === true);
        return sendNothing(response);
      case 'PUT fault':
        playing.fault = await readJson(request);
        return sendNothing(response);
      default:
        throw nothing();
    }
  }

  /** A token as the provider's SDK gives it to an app that chose `nonce`; `claims` replace its own, null takes one out. */
  async #mint(
    provider: Provider,
    issuer: string,
    given: Readonly<Record<string, unknown>>,
  ): Promise<Record<string, unknown>> {
    const { nonce = randomUUID(), subject = randomUUID(), clientId = CLIENT_IDS[provider][0] } = given;
    const { email = `${subject}@example.com`, claims } = given;
    const now = Math.floor(Date.now() / 1000);
    const usual = {
      iss: issuer,
      aud: clientId,
      sub: subject,
      iat: now,
      exp: now + LIFETIME_SECONDS[provider],
      nonce: provider === 'apple' ? sha256Hex(String(nonce)) : nonce,
      email,
      email_verified: provider === 'apple' ? 'true' : true,
    };
    const all = { ...usual, ...(typeof claims === 'object' ? claims : {}) };
    const kept = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
    return {
      idToken: await this.#playing[provider].keys.sign(kept),
      nonce,
      ...(provider === 'apple' && {
        authorizationCode: this.#grants.newCode(String(clientId), String(subject)),
      }),
    };
  }

  /** Counts a call to what the provider serves, and does what was ordered. */
  async #asked(provider: Provider, what: string): Promise<void> {
    const { calls, fault } = this.#playing[provider];
    calls[what] = (calls[what] ?? 0) + 1;
    const delayMs = Number(fault.delayMs) || 0;
    if (delayMs > 0) await delay(delayMs);
    const status = Number(fault.status) || 0;
    if (status > 0) throw new HttpError(status, { error: 'as ordered' });
  }
}

const play = (): Playing => ({ keys: new IssuerKeys(), calls: { keys: 0, token: 0, revoke: 0 }, fault: {} });

const nothing = (): HttpError => new HttpError(404, { error: 'the local issuer has no such route' });

const sha256Hex = (text: string): string => createHash('sha256').update(text).digest('hex');
