import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Cache } from '../../../platform/redis/cache';
import { Clock } from '../../../shared/clock';
import type { SessionId } from '../../../shared/ids';
import { SessionStore } from './session.store';

/** Together below 60 s: after that an ended session's access tokens are refused everywhere. */
const MEMORY_SECONDS = 15;
const SHARED_SECONDS = 30;
const REMEMBERED_SESSIONS = 20_000;

/** A live session's version of its owner's roles. */
type Liveness = number | 'ended';

interface Remembered {
  readonly liveness: Liveness;
  readonly untilMs: number;
}

/** Whether a session still stands: this process's memory, then the shared cache, then the database. */
@Injectable()
export class SessionLiveness {
  private readonly memory = new LRUCache<SessionId, Remembered>({ max: REMEMBERED_SESSIONS });

  constructor(
    private readonly cache: Cache,
    private readonly store: SessionStore,
    private readonly clock: Clock,
  ) {}

  /** Whether the session lives and its owner's roles are still of this version, as known within the last 60 s. */
  async isLive(id: SessionId, rolesVersion: number): Promise<boolean> {
    const nowMs = this.clock.now().getTime();
    const remembered = this.memory.get(id);
    if (remembered !== undefined && nowMs < remembered.untilMs && settles(remembered.liveness, rolesVersion))
      return remembered.liveness === rolesVersion;
    const liveness = await this.lookUp(id, rolesVersion);
    // an end that became known while we asked stands
    if (this.memory.get(id) === remembered) this.remember(id, liveness, MEMORY_SECONDS);
    return liveness === rolesVersion;
  }

  /** The same, asked of the database: for routes where a minute is too long. */
  async isLiveNow(id: SessionId, rolesVersion: number): Promise<boolean> {
    const found = await this.store.liveRolesVersion(id, this.clock.now());
    if (found === undefined) this.remember(id, 'ended', MEMORY_SECONDS);
    return found === rolesVersion;
  }

  /** Makes an end known at once in this process and in the shared cache. */
  async ended(id: SessionId): Promise<void> {
    this.remember(id, 'ended', MEMORY_SECONDS + SHARED_SECONDS);
    await this.cache.set<Liveness>(key(id), 'ended', MEMORY_SECONDS + SHARED_SECONDS);
  }

  /** Makes a change of its owner's roles known at once in this process and in the shared cache. */
  async rolesChanged(id: SessionId, rolesVersion: number): Promise<void> {
    this.remember(id, rolesVersion, MEMORY_SECONDS);
    await this.cache.set<Liveness>(key(id), rolesVersion, SHARED_SECONDS);
  }

  private async lookUp(id: SessionId, rolesVersion: number): Promise<Liveness> {
    const cached = await this.cache.get<Liveness>(key(id));
    if (cached !== undefined && settles(cached, rolesVersion)) return cached;
    const liveness = (await this.store.liveRolesVersion(id, this.clock.now())) ?? 'ended';
    await this.cache.setIfAbsent(key(id), liveness, SHARED_SECONDS);
    return liveness;
  }

  private remember(id: SessionId, liveness: Liveness, seconds: number): void {
    this.memory.set(id, { liveness, untilMs: this.clock.now().getTime() + seconds * 1000 });
  }
}

/** Of another version nobody knows without the database which of the two is the newer one. */
const settles = (liveness: Liveness, rolesVersion: number): boolean =>
  liveness === 'ended' || liveness === rolesVersion;

const key = (id: SessionId): string => `session:${id}`;
