import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Cache } from '../../platform/redis/cache';
import { Clock } from '../../shared/clock';
import type { SessionId } from '../../shared/ids';
import { SessionStore } from './session.store';

/** Together below 60 s: after that an ended session's access tokens are refused everywhere. */
const MEMORY_SECONDS = 15;
const SHARED_SECONDS = 30;
const REMEMBERED_SESSIONS = 20_000;

/** A live session's version of its owner's roles. */
type Liveness = number | 'ended';

/** Whether a session still stands: this process's memory, then the shared cache, then the database. */
@Injectable()
export class SessionLiveness {
  private readonly remembered = new LRUCache<SessionId, { rolesVersion: number; untilMs: number }>({
    max: REMEMBERED_SESSIONS,
  });

  constructor(
    private readonly cache: Cache,
    private readonly store: SessionStore,
    private readonly clock: Clock,
  ) {}

  /** Whether the session lives and its owner's roles are still of this version, as known within the last 60 s. */
  async isLive(id: SessionId, rolesVersion: number): Promise<boolean> {
    const known = this.remembered.get(id);
    if (known?.rolesVersion === rolesVersion && this.clock.now().getTime() < known.untilMs) return true;
    const cached = await this.cache.get<Liveness>(key(id));
    if (cached === 'ended') return false;
    if (cached !== rolesVersion) return this.isLiveNow(id, rolesVersion);
    this.remember(id, rolesVersion);
    return true;
  }

  /** The same, asked of the database: for routes where a minute is too long. */
  async isLiveNow(id: SessionId, rolesVersion: number): Promise<boolean> {
    const found = await this.store.liveRolesVersion(id, this.clock.now());
    await this.cache.set<Liveness>(key(id), found ?? 'ended', SHARED_SECONDS);
    if (found === undefined) this.remembered.delete(id);
    else this.remember(id, found);
    return found === rolesVersion;
  }

  /** Makes an end known at once in this process and in the shared cache. */
  async ended(id: SessionId): Promise<void> {
    this.remembered.delete(id);
    await this.cache.set<Liveness>(key(id), 'ended', SHARED_SECONDS);
  }

  /** Its owner's roles changed: whoever asks next asks the database. */
  async rolesChanged(id: SessionId): Promise<void> {
    this.remembered.delete(id);
    await this.cache.delete(key(id));
  }

  private remember(id: SessionId, rolesVersion: number): void {
    this.remembered.set(id, { rolesVersion, untilMs: this.clock.now().getTime() + MEMORY_SECONDS * 1000 });
  }
}

const key = (id: SessionId): string => `session:${id}`;
