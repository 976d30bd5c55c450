import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { sha256 } from '../../shared/hash';
import { type Keyring, keyringFromSecret } from '../../shared/keyring';
import { IdempotencyInProgress, IdempotencyKeyRequired, IdempotencyKeyReused } from './http.errors';
import { IdempotencyStore } from './idempotency-store';
import { principalKey } from './principal';

const VISIBLE_ASCII = /^[\x21-\x7e]{1,255}$/;
const WAIT_MS = 10_000;
const POLL_MS = { first: 20, most: 250 };

/**
 * What of an answer belongs to what was done, and is given again with it. The rest is of one request alone: its id, its
 * limits, its nonce.
 */
const KEPT_HEADERS = ['content-type', 'location', 'content-location', 'etag', 'cache-control', 'retry-after'];
/** Of answers that were kept without their headers. */
const OF_JSON = { 'content-type': 'application/json; charset=utf-8' };
const Headers = z.record(z.string(), z.string());

/** A key that this request holds; it is settled when the answer is known. */
interface Held {
  readonly keyHash: Buffer;
  readonly resourceId: string;
  readonly seal: Keyring;
}

/**
 * `Idempotency-Key`: the same request with the same key gets the first answer again for 24 h, headers and all. A repeat that comes
 * while the first runs waits for it. Draft: draft-ietf-httpapi-idempotency-key-header.
 */
@Injectable()
export class Idempotency {
  private readonly held = new WeakMap<FastifyRequest, Held>();

  constructor(private readonly store: IdempotencyStore) {}

  /**
   * Before the handler: claims the key, or answers with what is kept.
   * @throws IdempotencyKeyRequired, IdempotencyKeyReused, IdempotencyInProgress
   */
  async before(request: FastifyRequest, reply: FastifyReply, required: boolean): Promise<void> {
    const key = request.headers['idempotency-key'];
    if (key === undefined && !required) return;
    if (typeof key !== 'string' || !VISIBLE_ASCII.test(key)) throw new IdempotencyKeyRequired();
    const path = request.url.split('?', 1)[0] ?? '';
    const query = request.url.slice(path.length);
    const caller = request.principal === undefined ? 'anyone' : principalKey(request.principal);
    const keyHash = sha256([caller, request.method, path, key].join('\n'));
    const fingerprint = sha256(query, '\n', request.rawBody ?? '');
    const claim = await this.claim(keyHash, fingerprint);
    const seal = keyringFromSecret(key, 'idempotency');
    if (claim.outcome === 'claimed') {
      request.resourceId = claim.resourceId;
      this.held.set(request, { keyHash, resourceId: claim.resourceId, seal });
      return;
    }
    const headers = claim.headers === null ? OF_JSON : openHeaders(seal, claim.headers, keyHash);
    await reply
      .code(claim.status)
      .headers({ ...headers, 'idempotency-replayed': 'true' })
      .send(seal.open(claim.body, contextOf(keyHash, 'body')));
  }

  /** Before the answer leaves: keeps a 2xx, frees the key after anything else. */
  async settle(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<void> {
    const held = this.held.get(request);
    if (held === undefined) return;
    this.held.delete(request);
    const { keyHash, resourceId, seal } = held;
    const { statusCode: status } = reply;
    if (status >= 300) {
      await this.store.release(keyHash, resourceId);
      return;
    }
    const body = typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : '';
    await this.store.complete(keyHash, resourceId, {
      status,
      body: seal.seal(body, contextOf(keyHash, 'body')),
      headers: seal.seal(JSON.stringify(keptHeaders(reply)), contextOf(keyHash, 'headers')),
    });
  }

  private async claim(keyHash: Buffer, fingerprint: Buffer) {
    const until = performance.now() + WAIT_MS;
    for (let pause = POLL_MS.first; ; pause = Math.min(pause * 2, POLL_MS.most)) {
      const claim = await this.store.claim(keyHash, fingerprint);
      if (claim.outcome === 'other_request') throw new IdempotencyKeyReused();
      if (claim.outcome !== 'running') return claim;
      if (performance.now() > until) throw new IdempotencyInProgress();
      await delay(pause);
    }
  }
}

/** Of one answer two parts are sealed: neither can stand for the other. */
const contextOf = (keyHash: Buffer, part: 'body' | 'headers'): string =>
  part === 'body' ? keyHash.toString('hex') : `${keyHash.toString('hex')}:${part}`;

const openHeaders = (seal: Keyring, sealed: Buffer, keyHash: Buffer): Record<string, string> =>
  Headers.parse(JSON.parse(seal.open(sealed, contextOf(keyHash, 'headers')).toString('utf8')));

function keptHeaders(reply: FastifyReply): Record<string, string> {
  return Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => {
      const value = reply.getHeader(name);
      return value === undefined ? [] : [[name, String(value)]];
    }),
  );
}
