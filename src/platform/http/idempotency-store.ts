import { Injectable } from '@nestjs/common';
import type { Generated } from 'kysely';
import { sql } from 'kysely';
import { Clock, DAY, secondsAfter } from '../../shared/clock';
import { newId } from '../../shared/ids';
import { Database } from '../database/database';

/** As long as the slowest answer may take; after it a repeat may take over from a process that died. */
const LEASE_SECONDS = 30;

interface IdempotencyTables {
  'loopin.idempotency_keys': {
    key_hash: Buffer;
    fingerprint: Buffer;
    resource_id: string;
    state: 'running' | 'released' | 'done';
    leased_until: Date;
    expires_at: Date;
    status: Generated<number | null>;
    /** Sealed under a key that only the holder of the Idempotency-Key has. */
    body: Generated<Buffer | null>;
    /** Sealed like the body; null in rows of a release that kept none. */
    headers: Generated<Buffer | null>;
  };
}

/** Its parts are sealed. */
export interface KeptAnswer {
  readonly status: number;
  readonly body: Buffer;
  readonly headers: Buffer | null;
}

export type Claim =
  | { readonly outcome: 'claimed'; readonly resourceId: string }
  | { readonly outcome: 'running' }
  | { readonly outcome: 'other_request' }
  | (KeptAnswer & { readonly outcome: 'done' });

/** One row for a key in its scope: who is at it, and the answer once there is one. */
@Injectable()
export class IdempotencyStore {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async claim(keyHash: Buffer, fingerprint: Buffer): Promise<Claim> {
    const resourceId = await this.take(keyHash, fingerprint);
    if (resourceId !== undefined) return { outcome: 'claimed', resourceId };
    const row = await this.tables()
      .selectFrom('loopin.idempotency_keys')
      .select(['fingerprint', 'state', 'status', 'body', 'headers'])
      .where('key_hash', '=', keyHash)
      .executeTakeFirst();
    // freed between the two statements: whoever asks again will get it
    if (row === undefined) return { outcome: 'running' };
    if (!row.fingerprint.equals(fingerprint)) return { outcome: 'other_request' };
    if (row.state !== 'done' || row.body === null || row.status === null) return { outcome: 'running' };
    return { outcome: 'done', status: row.status, body: row.body, headers: row.headers };
  }

  async complete(keyHash: Buffer, resourceId: string, answer: KeptAnswer): Promise<void> {
    await this.tables()
      .updateTable('loopin.idempotency_keys')
      .set({ state: 'done', ...answer })
      .where('key_hash', '=', keyHash)
      .where('resource_id', '=', resourceId)
      .execute();
  }

  /**
   * Frees the key after an answer that is not kept. The row stays: when the answer hid that the work was committed
   * after all (a lost connection), a repeat of the same request finds the same resource id.
   */
  async release(keyHash: Buffer, resourceId: string): Promise<void> {
    await this.tables()
      .updateTable('loopin.idempotency_keys')
      .set({ state: 'released' })
      .where('key_hash', '=', keyHash)
      .where('resource_id', '=', resourceId)
      .execute();
  }

  /** Takes a key that is new, expired, released, or held by a process that died. */
  private async take(keyHash: Buffer, fingerprint: Buffer): Promise<string | undefined> {
    const now = this.clock.now();
    const { rows } = await sql<{ resource_id: string }>`
      insert into loopin.idempotency_keys as k
        (key_hash, fingerprint, resource_id, state, leased_until, expires_at)
      values (
        ${keyHash}, ${fingerprint}, ${newId()}, 'running',
        ${secondsAfter(now, LEASE_SECONDS)}, ${secondsAfter(now, DAY)}
      )
      on conflict (key_hash) do update
        set fingerprint = excluded.fingerprint,
            resource_id = case
              when k.expires_at > ${now} and k.fingerprint = excluded.fingerprint then k.resource_id
              else excluded.resource_id
            end,
            state = 'running',
            status = null,
            body = null,
            headers = null,
            leased_until = excluded.leased_until,
            expires_at = excluded.expires_at
        where k.expires_at <= ${now}
           or k.state = 'released'
           or (k.state = 'running' and k.leased_until <= ${now} and k.fingerprint = excluded.fingerprint)
      returning resource_id`.execute(this.database.tables());
    return rows[0]?.resource_id;
  }

  private tables() {
    return this.database.tables<IdempotencyTables>();
  }
}
