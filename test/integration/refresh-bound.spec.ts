import fc from 'fast-check';
import { PasswordHasher } from '../../src/modules/auth/passwords/password-hasher';
import type { Database } from '../../src/platform/database/database';
import { Shutdown } from '../../src/platform/lifecycle/shutdown';
import { authServices } from '../support/auth-services';
import { FixedClock } from '../support/fixed-clock';
import { RefreshWorld } from '../support/refresh-world';
import { Services } from '../support/services';

jest.setTimeout(60_000);

/** After this no further run begins. */
const BUDGET_MS = 12_000;
const KEY = 'the-thumbprint-of-the-phone';

const step = fc.oneof(
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 40_000 }) }),
  fc.record({ do: fc.constant('refresh' as const), thiefToo: fc.boolean() }),
  fc.record({
    do: fc.constant('steal' as const),
    /** The current token, or one of so many rotations ago. */
    back: fc.nat({ max: 3 }),
    ownDevice: fc.boolean(),
    otherKey: fc.constantFrom(null, 'the-thumbprint-of-the-thief'),
  }),
);

describe('refreshes of a session that is bound to a key', () => {
  let services: Services;
  let database: Database;
  let clock: FixedClock;
  let auth: ReturnType<typeof authServices>;

  beforeAll(async () => {
    services = await Services.start();
    database = services.database(10);
    clock = new FixedClock();
    auth = authServices(services, database, clock, new PasswordHasher(new Shutdown()));
  });
  afterAll(() => services.stop());

  it('give a thief without the key nothing, and never end by one, whatever is stolen and whenever', async () => {
    const end = performance.now() + BUDGET_MS;
    const property = fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 20 }), async (steps) => {
      // no interruption by fast-check: it would leave a run at work behind
      if (performance.now() > end) return;
      const world = await RefreshWorld.open(auth, database, clock, KEY);
      let current = 0;
      for (const one of steps) {
        if (one.do === 'wait') clock.nowMs += one.ms;
        if (one.do === 'steal') {
          const { back, ownDevice, otherKey } = one;
          const token = Math.max(0, current - back);
          expect(await world.present({ token, ownDevice, otherKey })).toEqual(['invalid_dpop_proof']);
        }
        if (one.do === 'refresh') {
          const phone = { token: current, ownDevice: true };
          const thief = { ...phone, otherKey: null };
          const outcomes = await world.present(phone, ...(one.thiefToo ? [thief] : []));
          expect(outcomes).toEqual(['opened', ...(one.thiefToo ? ['invalid_dpop_proof'] : [])]);
          current += 1;
        }
      }
      expect(world.ended).toBe(false);
    });
    // a failure says its seed and path: `fc.assert(property, { seed, path })` repeats it
    await fc.assert(property, { numRuns: 100 });
  });
});
