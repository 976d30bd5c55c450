import { Cache } from '../../../platform/redis/cache';
import { Clock, secondsAfter } from '../../../shared/clock';
import { newId } from '../../../shared/ids';
import type { PublicJwk } from '../../../shared/public-jwk';
import type { SessionStore } from './session.store';
import { SessionLiveness } from './session-liveness';

/** One shared cache of many processes. */
class SharedCache extends Cache {
  readonly values = new Map<string, unknown>();

  async get<Value>(key: string): Promise<Value | undefined> {
    return this.values.get(key) as Value | undefined;
  }

  async set(key: string, value: unknown): Promise<void> {
    this.values.set(key, value);
  }

  async setIfAbsent(key: string, value: unknown): Promise<void> {
    if (!this.values.has(key)) this.values.set(key, value);
  }
}

class SetClock extends Clock {
  constructor(private time: Date) {
    super();
  }

  now(): Date {
    return this.time;
  }

  forward(seconds: number): void {
    this.time = secondsAfter(this.time, seconds);
  }
}

describe('SessionLiveness', () => {
  const id = newId<'Session'>();
  /** What the database says, and how often it was asked. */
  let database: { version: number | undefined; key: PublicJwk | null; asked: number };
  let cache: SharedCache;
  let clock: SetClock;
  let here: SessionLiveness;
  let elsewhere: SessionLiveness;

  beforeEach(() => {
    database = { version: 0, key: null, asked: 0 };
    cache = new SharedCache();
    clock = new SetClock(new Date('2027-01-01T00:00:00Z'));
    const findLive = async () => {
      database.asked += 1;
      const { version } = database;
      return version === undefined ? undefined : { rolesVersion: version, signingKey: database.key };
    };
    const store: Pick<SessionStore, 'findLive'> = { findLive };
    [here, elsewhere] = [0, 1].map(() => new SessionLiveness(cache, store as SessionStore, clock)) as [
      SessionLiveness,
      SessionLiveness,
    ];
  });

  it('asks the database once, then memory, then the shared cache', async () => {
    expect(await here.standing(id, 0)).toBe('live');
    expect(await here.standing(id, 0)).toBe('live');
    clock.forward(16);
    expect(await here.standing(id, 0)).toBe('live');
    expect(await elsewhere.standing(id, 0)).toBe('live');
    expect(database.asked).toBe(1);
  });

  it('knows of an end at once here, and elsewhere when its memory is over', async () => {
    await Promise.all([here.standing(id, 0), elsewhere.standing(id, 0)]);
    database.version = undefined;
    await here.ended(id);
    expect(await here.standing(id, 0)).toBe('ended');
    expect(await elsewhere.standing(id, 0)).toBe('live');
    expect(await elsewhere.standingNow(id, 0)).toBe('ended');
    expect(await elsewhere.standing(id, 0)).toBe('ended');
  });

  it('after a change of roles refuses the tokens before, and takes the new ones everywhere at once', async () => {
    await Promise.all([here.standing(id, 0), elsewhere.standing(id, 0)]);
    database.version = 1;
    await here.changed(id, { rolesVersion: 1, signingKey: null });
    expect(await here.standing(id, 0)).toBe('ended');
    expect(await here.standing(id, 1)).toBe('live');
    expect(await elsewhere.standing(id, 1)).toBe('live');
    expect(await elsewhere.standing(id, 0)).toBe('ended');
  });

  it('an end that becomes known while the database is asked stands', async () => {
    const asking = here.standing(id, 0);
    await here.ended(id);
    await asking;
    expect(await here.standing(id, 0)).toBe('ended');
    expect(cache.values.get(`session:${id}`)).toBe('ended');
  });

  it('a key that the device registers counts here at once, elsewhere when its memory is over', async () => {
    await Promise.all([here.standing(id, 0), elsewhere.standing(id, 0)]);
    const signingKey: PublicJwk = { kty: 'OKP', crv: 'Ed25519', x: 'x'.repeat(43) };
    database.key = signingKey;
    await here.changed(id, { rolesVersion: 0, signingKey });
    expect(await here.standing(id, 0)).toEqual(signingKey);
    expect(await elsewhere.standing(id, 0)).toBe('live');
    expect(await elsewhere.standingNow(id, 0)).toEqual(signingKey);
    clock.forward(16);
    expect(await elsewhere.standing(id, 0)).toEqual(signingKey);
    expect(await elsewhere.standing(id, 1)).toBe('ended');
  });

  it('a new token is good where only the old roles are remembered', async () => {
    expect(await elsewhere.standing(id, 0)).toBe('live');
    database.version = 1;
    expect(await elsewhere.standing(id, 1)).toBe('live');
  });
});
