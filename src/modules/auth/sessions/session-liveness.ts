import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Cache } from '../../../platform/redis/cache';
import { Clock } from '../../../shared/clock';
import type { SessionId } from '../../../shared/ids';
import type { PublicJwk } from '../../../shared/public-jwk';
import { type LiveSession, SessionStore } from './session.store';

/** Together below 60 s: after that an ended session's access tokens are refused everywhere. */
const MEMORY_SECONDS = 15;
const SHARED_SECONDS = 30;
const REMEMBERED_SESSIONS = 20_000;

/** A live session's version of its owner's roles, with the key that its device signs with where it has one. */
type Liveness = number | LiveSession | 'ended';

/** Whether a session lives, or the key that each of its requests has to be signed with. */
export type Standing = 'ended' | 'live' | PublicJwk;

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
  async standing(id: SessionId, rolesVersion: number): Promise<Standing> {
    const nowMs = this.clock.now().getTime();
    const remembered = this.memory.get(id);
    if (remembered !== undefined && nowMs < remembered.untilMs && settles(remembered.liveness, rolesVersion))
      return standingOf(remembered.liveness, rolesVersion);
    const liveness = await this.lookUp(id, rolesVersion);
    // an end that became known while we asked stands
    if (this.memory.get(id) === remembered) this.remember(id, liveness, MEMORY_SECONDS);
    return standingOf(liveness, rolesVersion);
  }

  /** The same, asked of the database: for routes where a minute is too long. */
  async standingNow(id: SessionId, rolesVersion: number): Promise<Standing> {
    const found = await this.store.findLive(id, this.clock.now());
    if (found === undefined) this.remember(id, 'ended', MEMORY_SECONDS);
    return standingOf(found ?? 'ended', rolesVersion);
  }

  /** Makes an end known at once in this process and in the shared cache. */
  async ended(id: SessionId): Promise<void> {
    this.remember(id, 'ended', MEMORY_SECONDS + SHARED_SECONDS);
    await this.cache.set<Liveness>(key(id), 'ended', MEMORY_SECONDS + SHARED_SECONDS);
  }

  /** Makes a change of its owner's roles or its device's key known at once in this process and in the shared cache. */
  async changed(id: SessionId, session: LiveSession): Promise<void> {
    const liveness = toLiveness(session);
    this.remember(id, liveness, MEMORY_SECONDS);
    await this.cache.set<Liveness>(key(id), liveness, SHARED_SECONDS);
  }

  private async lookUp(id: SessionId, rolesVersion: number): Promise<Liveness> {
    const cached = await this.cache.get<Liveness>(key(id));
    if (cached !== undefined && settles(cached, rolesVersion)) return cached;
    const liveness = toLiveness(await this.store.findLive(id, this.clock.now()));
    await this.cache.setIfAbsent(key(id), liveness, SHARED_SECONDS);
    return liveness;
  }

  private remember(id: SessionId, liveness: Liveness, seconds: number): void {
    this.memory.set(id, { liveness, untilMs: this.clock.now().getTime() + seconds * 1000 });
  }
}

/** Most devices have no key: then a number says it all. */
function toLiveness(session: LiveSession | undefined): Liveness {
  if (session === undefined) return 'ended';
  return session.signingKey === null ? session.rolesVersion : session;
}

function standingOf(liveness: Liveness, rolesVersion: number): Standing {
  if (liveness === rolesVersion) return 'live';
  if (typeof liveness !== 'object' || liveness.rolesVersion !== rolesVersion) return 'ended';
  return liveness.signingKey ?? 'live';
}

/** Of another version nobody knows without the database which of the two is the newer one. */
const settles = (liveness: Liveness, rolesVersion: number): boolean =>
  liveness === 'ended' || standingOf(liveness, rolesVersion) !== 'ended';

const key = (id: SessionId): string => `session:${id}`;
