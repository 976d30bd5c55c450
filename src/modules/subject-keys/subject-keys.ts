import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { LRUCache } from 'lru-cache';
import { keysConfig } from '../../config/slices';
import type { Transaction } from '../../platform/database/transaction';
import { Clock } from '../../shared/clock';
import { newId, type UserId } from '../../shared/ids';
import { Keyring } from '../../shared/keyring';
import { type SealedSubjectKey, type SubjectKeyId, SubjectKeyStore } from './subject-key.store';

const KEY_BYTES = 32;
const REMEMBERED = 10_000;
const REMEMBERED_MS = 24 * 60 * 60_000;

/** Seals what is a person's own in rows that outlive the person. */
export interface SubjectKey {
  readonly id: SubjectKeyId;
  readonly keyring: Keyring;
}

/** A key, and its row where that still has to be written with what is sealed under it. */
export interface WritingKey extends SubjectKey {
  readonly unsaved?: SealedSubjectKey;
}

/**
 * Data keys of people. Rows that may not change (the audit, archives) hold personal facts under such a key only: once
 * it is destroyed nobody can read them, and every hash over them still holds.
 *
 * A person may have several: whoever writes and remembers none makes one, and saves it by the same statement. Looking
 * one up first would be one more round trip for every sign-in.
 */
@Injectable()
export class SubjectKeys {
  private readonly remembered = new LRUCache<UserId, SubjectKey>({ max: REMEMBERED, ttl: REMEMBERED_MS });
  private readonly pending = new WeakMap<Transaction, Map<UserId, SubjectKey>>();

  constructor(
    private readonly store: SubjectKeyStore,
    private readonly clock: Clock,
    @Inject(keysConfig.KEY) private readonly keys: Pick<ConfigType<typeof keysConfig>, 'keyEncryption'>,
  ) {}

  /** For one row. The caller saves `unsaved` in this transaction; it is remembered only once that has committed. */
  forWriting(tx: Transaction, userId: UserId): WritingKey {
    const known = this.remembered.get(userId) ?? this.pending.get(tx)?.get(userId);
    if (known !== undefined) return known;
    const { key, sealed } = this.make(userId);
    const pending = this.pending.get(tx) ?? new Map<UserId, SubjectKey>();
    this.pending.set(tx, pending.set(userId, key));
    tx.afterCommit(() => this.remembered.set(userId, key));
    return { ...key, unsaved: sealed };
  }

  /** For many rows at once: one key for each user, made where there is none. Those of users who are gone read as noise. */
  async forMany(tx: Transaction, userIds: readonly UserId[]): Promise<ReadonlyMap<UserId, SubjectKey>> {
    const found = await this.store.ofUsers(userIds);
    const keys = new Map(found.map((sealed) => [sealed.userId, this.unwrap(sealed)]));
    const made = [...new Set(userIds)].filter((id) => !keys.has(id)).map((id) => this.make(id));
    if (made.length > 0) {
      await this.store.add(
        tx,
        made.map(({ sealed }) => sealed),
        this.clock.now(),
      );
    }
    for (const { key, sealed } of made) keys.set(sealed.userId, key);
    return keys;
  }

  /** For reading. A key that was destroyed is not among them. */
  async byIds(ids: readonly SubjectKeyId[]): Promise<ReadonlyMap<SubjectKeyId, SubjectKey>> {
    if (ids.length === 0) return new Map();
    const found = await this.store.byIds(ids);
    return new Map(found.map((sealed) => [sealed.id, this.unwrap(sealed)]));
  }

  /**
   * Forgets a person: what was sealed under their keys, in the audit and in every archive, is noise from the commit
   * on. A process that still remembers a key goes on writing with it, which nobody can read either.
   * @returns how many keys there were
   */
  async destroy(tx: Transaction, userId: UserId): Promise<number> {
    tx.afterCommit(() => this.remembered.delete(userId));
    return this.store.destroy(tx, userId);
  }

  private make(userId: UserId): { key: SubjectKey; sealed: SealedSubjectKey } {
    const id = newId<'SubjectKey'>();
    const bytes = randomBytes(KEY_BYTES);
    const keySealed = this.keys.keyEncryption.seal(bytes, contextOf(id, userId));
    return { key: { id, keyring: keyringOf(bytes) }, sealed: { id, userId, keySealed } };
  }

  private unwrap({ id, userId, keySealed }: SealedSubjectKey): SubjectKey {
    return { id, keyring: keyringOf(this.keys.keyEncryption.open(keySealed, contextOf(id, userId))) };
  }
}

const keyringOf = (key: Buffer): Keyring => new Keyring(new Map([[1, key]]));
const contextOf = (id: SubjectKeyId, userId: UserId): string => `subject-key:${id}:${userId}`;
