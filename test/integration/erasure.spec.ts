import { Logger } from '@nestjs/common';
import { DAY, MINUTE } from '../../src/shared/clock';
import { range } from '../support/concurrently';
import { ErasureBed, type Leaving, type Parts } from '../support/erasure-bed';
import type { JobsBed } from '../support/jobs-bed';
import { Services } from '../support/services';
import { tablesWith } from '../support/tables-with';
import { waitFor } from '../support/wait-for';

jest.setTimeout(120_000);

const LEASE_SECONDS = 30;
const BOUND_MS = 20_000;

type When = 'before' | 'after';

/** Its worker dies at this call: before it does anything, or when it is done and nobody knows. */
function dying<Part extends object>(part: Part, method: string, when: When): Part {
  let alive = true;
  return new Proxy(part, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (name !== method || typeof value !== 'function' || !alive) return value;
      return async (...args: unknown[]) => {
        alive = false;
        if (when === 'after') await Reflect.apply(value, target, args);
        throw new Error('killed');
      };
    },
  });
}

describe('an erasure', () => {
  let services: Services;
  let bed: ErasureBed;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    services = await Services.start();
  });
  beforeEach(async () => {
    await services.sql('delete from loopin.jobs');
    bed = new ErasureBed(services);
  });
  afterAll(() => services.stop());

  /** A process that is gone notes nothing: its lease has to run out. */
  async function killed(worker: JobsBed, { jobId }: Leaving): Promise<void> {
    const settle = jest.spyOn(worker.runs, 'settle').mockResolvedValue(false);
    await worker.taking.wake(jobId);
    await waitFor('the death', () => settle.mock.calls.length > 0, BOUND_MS);
    bed.clock.forward(LEASE_SECONDS + 1);
  }

  async function finished({ jobId }: Leaving): Promise<void> {
    const worker = bed.worker();
    await worker.taking.wake(jobId);
    await worker.reaches(jobId, 'done');
  }

  async function expectErased({ userId, mark }: Leaving, revoked: boolean): Promise<void> {
    expect(await tablesWith(services, mark)).toEqual([]);
    for (const table of ['users where id', 'subject_keys where user_id', 'account_deletions where user_id'])
      expect([table, await services.sql(`select from loopin.${table} = $1`, [userId])]).toEqual([table, []]);
    expect([...bed.storage.paths]).toEqual([]);
    expect([...bed.archive.objects].map(([key, entry]) => [key, JSON.parse(entry.toString())])).toEqual([
      [
        expect.stringMatching(new RegExp(`^erasures/\\d{4}-\\d\\d-\\d\\d/${userId}\\.json$`)),
        expect.objectContaining({ userId }),
      ],
    ]);
    expect(
      await services.sql(
        `select details -> 'revoked' as revoked from loopin.audit_events where action = 'account.erased' and target = $1`,
        [`user:${userId}`],
      ),
    ).toEqual([{ revoked }]);
  }

  it.each([
    ['steps', 'revokeIdentities'],
    ['steps', 'note'],
    ['steps', 'removeExports'],
    ['steps', 'forget'],
    ['steps', 'removeFiles'],
    ['store', 'forgetDeliveries'],
    ['store', 'forgetNotifications'],
  ] as const)('whose worker is killed at %s.%s goes on there, and leaves nothing', async (part, method) => {
    for (const when of ['before', 'after'] as const) {
      bed = new ErasureBed(services);
      const leaving = await bed.leaving();
      const around = (parts: Parts): Parts => ({ ...parts, [part]: dying(parts[part], method, when) });
      await killed(bed.worker(around), leaving);
      await finished(leaving);
      await expectErased(leaving, true);
      expect(new Set(bed.apple.revoked)).toEqual(new Set([leaving.mark]));
    }
  });

  describe('while Apple is away', () => {
    /** One attempt. @returns what became of the job */
    async function attempt({ jobId }: Leaving) {
      const worker = bed.worker();
      const settle = jest.spyOn(worker.runs, 'settle');
      await worker.taking.wake(jobId);
      await waitFor('the end of an attempt', () => settle.mock.results.length > 0, BOUND_MS);
      await settle.mock.results[0]?.value;
      const [job] = await services.sql<{ state: string; failures: number; run_at: Date }>(
        'select state, failures, run_at from loopin.jobs where id = $1',
        [jobId],
      );
      return job;
    }

    it('waits half an hour each time, and goes on when it is back', async () => {
      const leaving = await bed.leaving();
      bed.apple.away = true;
      for (const _ of range(5)) {
        const job = await attempt(leaving);
        expect(job).toMatchObject({ state: 'queued', failures: 0 });
        expect(job?.run_at.getTime()).toBeGreaterThan(bed.clock.now().getTime() + 29 * MINUTE * 1_000);
        bed.clock.forward(31 * MINUTE);
      }
      expect(await tablesWith(services, leaving.mark)).toContain('loopin.users');
      bed.apple.away = false;
      await finished(leaving);
      await expectErased(leaving, true);
      expect(bed.apple.revoked).toEqual([leaving.mark]);
    });

    it('for three days goes on without it, and says so', async () => {
      const leaving = await bed.leaving();
      bed.apple.away = true;
      expect(await attempt(leaving)).toMatchObject({ state: 'queued' });
      bed.clock.forward(3 * DAY - MINUTE);
      expect(await attempt(leaving)).toMatchObject({ state: 'queued' });
      bed.clock.forward(31 * MINUTE);
      await finished(leaving);
      await expectErased(leaving, false);
      expect(bed.apple.revoked).toEqual([]);
    });

    it('a token that no data key opens is like an Apple that does not answer', async () => {
      const leaving = await bed.leaving();
      await services.sql(`update loopin.identities set refresh_token_sealed = '\\x00ff' where user_id = $1`, [
        leaving.userId,
      ]);
      expect(await attempt(leaving)).toMatchObject({ state: 'queued' });
      bed.clock.forward(3 * DAY);
      await finished(leaving);
      await expectErased(leaving, false);
    });
  });
});
