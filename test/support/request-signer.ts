import { createHash, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { createSigner, httpbis } from 'http-message-signatures';
import { exportJWK, type JWK } from 'jose';
import { type Answer, Api } from './api';

const ALGORITHMS = { ES256: 'ecdsa-p256-sha256', Ed25519: 'ed25519' } as const;

/** As many times as a client lets itself be asked for a nonce. */
const MOST_CHALLENGES = 3;

export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Signed instead of what is sent. */
  readonly signed?: { readonly url?: string; readonly method?: string; readonly body?: unknown };
  readonly keyId?: string;
  readonly nonce?: string;
  readonly created?: Date;
  readonly fields?: readonly string[];
  readonly params?: readonly string[];
}

/** Signs requests (RFC 9421) by a library that is not the one that verifies them. */
export class RequestSigner {
  /** The last nonce of the server: like any client it uses it until another one is asked for. */
  nonce: string | undefined;
  private readonly privateKey: KeyObject;
  private readonly publicKey: KeyObject;
  private readonly api: Api;

  constructor(
    private readonly url: string,
    private readonly keyId: string,
    private readonly algorithm: keyof typeof ALGORITHMS = 'ES256',
  ) {
    const pair =
      algorithm === 'ES256'
        ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
        : generateKeyPairSync('ed25519');
    this.privateKey = pair.privateKey;
    this.publicKey = pair.publicKey;
    this.api = new Api(url);
  }

  publicJwk(): Promise<JWK> {
    return exportJWK(this.publicKey);
  }

  /** The headers that make `request` a signed one. */
  async sign(request: SignedRequest): Promise<Record<string, string>> {
    const { method, path, headers = {}, keyId = this.keyId, nonce = randomUUID() } = request;
    const body =
      request.signed !== undefined && 'body' in request.signed ? request.signed.body : request.body;
    const digest = body === undefined ? {} : { 'content-digest': digestOf(JSON.stringify(body)) };
    const alg = ALGORITHMS[this.algorithm];
    const covered = ['@method', '@target-uri', ...(body === undefined ? [] : ['content-digest'])];
    const message = await httpbis.signMessage(
      {
        key: createSigner(this.privateKey, alg, keyId),
        fields: [...(request.fields ?? covered)],
        params: [...(request.params ?? ['created', 'nonce', 'keyid', 'alg'])],
        paramValues: { nonce, created: request.created ?? new Date() },
      },
      {
        method: request.signed?.method ?? method,
        url: request.signed?.url ?? `${this.url}${path}`,
        headers: { ...headers, ...digest },
      },
    );
    return Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, String(value)]));
  }

  /** Again with another nonce of the server when one is asked for: a slow Redis is enough for that. */
  async send(request: SignedRequest): Promise<Answer> {
    for (let left = MOST_CHALLENGES; ; left--) {
      const own = this.nonce === undefined ? randomUUID() : `${this.nonce}.${randomUUID()}`;
      const answer = await this.sendOnce({ nonce: own, ...request });
      const asked = answer.headers.get('signature-nonce');
      if (asked === null || request.nonce !== undefined || left === 0) return answer;
      this.nonce = asked;
    }
  }

  async sendOnce(request: SignedRequest): Promise<Answer> {
    const { method, path, body } = request;
    return this.api.request(method, path, {
      headers: await this.sign(request),
      ...(body !== undefined && { body }),
    });
  }
}

export const digestOf = (bytes: string): string =>
  `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:`;
