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

  async isLive(id: SessionId): Promise<boolean> {
    const nowMs = this.clock.now().getTime();
    const remembered = this.memory.get(id);
    if (remembered !== undefined && nowMs < remembered.untilMs) return remembered.liveness === 'live';
    const liveness = await this.lookUp(id);
    // an end that became known while we asked stands
    if (this.memory.get(id) === remembered) this.remember(id, liveness, MEMORY_SECONDS);
    return liveness === 'live';
  }

  /** Makes an end known at once in this process and in the shared cache. */
  async ended(id: SessionId): Promise<void> {
    this.remember(id, 'ended', MEMORY_SECONDS + SHARED_SECONDS);
    await this.cache.set(key(id), 'ended' satisfies Liveness, MEMORY_SECONDS + SHARED_SECONDS);
  }

  private async lookUp(id: SessionId): Promise<Liveness> {
    const cached = await this.cache.get<Liveness>(key(id));
    if (cached !== undefined) return cached;
    const liveness = (await this.store.isLive(id, this.clock.now())) ? 'live' : 'ended';
    await this.cache.setIfAbsent(key(id), liveness, SHARED_SECONDS);
    return liveness;
  }

  private remember(id: SessionId, liveness: Liveness, seconds: number): void {
    this.memory.set(id, { liveness, untilMs: this.clock.now().getTime() + seconds * 1000 });
  }
}

const key = (id: SessionId): string => `session:${id}`;
