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

type Liveness = 'live' | 'ended';

/** Whether a session still stands: this process's memory, then the shared cache, then the database. */
@Injectable()
export class SessionLiveness {
  private readonly liveUntil = new LRUCache<SessionId, number>({ max: REMEMBERED_SESSIONS });

  constructor(
    private readonly cache: Cache,
    private readonly store: SessionStore,
    private readonly clock: Clock,
  ) {}

  async isLive(id: SessionId): Promise<boolean> {
    const now = this.clock.now();
    const until = this.liveUntil.get(id);
    if (until !== undefined && now.getTime() < until) return true;
    const live = (await this.lookUp(id, now)) === 'live';
    if (live) this.liveUntil.set(id, now.getTime() + MEMORY_SECONDS * 1000);
    return live;
  }

  /** Makes an end known at once in this process and in the shared cache. */
  async ended(id: SessionId): Promise<void> {
    this.liveUntil.delete(id);
    await this.cache.set(key(id), 'ended' satisfies Liveness, SHARED_SECONDS);
  }

  private async lookUp(id: SessionId, now: Date): Promise<Liveness> {
    const cached = await this.cache.get<Liveness>(key(id));
    if (cached !== undefined) return cached;
    const liveness = (await this.store.isLive(id, now)) ? 'live' : 'ended';
    await this.cache.set(key(id), liveness, SHARED_SECONDS);
    return liveness;
  }
}

const key = (id: SessionId): string => `session:${id}`;
