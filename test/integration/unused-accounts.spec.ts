import { Logger } from '@nestjs/common';
import type { JobId, UserId } from '../../src/shared/ids';
import { addUsers } from '../support/audit-bed';
import { ErasureBed } from '../support/erasure-bed';
import { Services } from '../support/services';

jest.setTimeout(120_000);

const DAY_SECONDS = 86_400;

describe('accounts that nobody used for seven years', () => {
  let services: Services;
  let bed: ErasureBed;
  let userId: UserId;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    services = await Services.start();
  });
  beforeEach(async () => {
    await services.sql('delete from loopin.users');
    await services.sql('delete from loopin.jobs');
    await services.sql('delete from loopin.mails');
    bed = new ErasureBed(services);
    [userId] = (await addUsers(services, 1)) as [UserId];
    await services.sql("update loopin.users set created_at = now() - interval '9 years'");
    await device('8 years');
  });
  afterAll(() => services.stop());

  const device = (ago: string) =>
    services.sql(
      `insert into loopin.devices (id, user_id, device_id, platform, app_version, created_at, last_seen_at)
       values (gen_random_uuid(), $1, gen_random_uuid(), 'ios', '1.0.0', now(), now() - $2::interval)`,
      [userId, ago],
    );
  const deletions = () =>
    services.sql<{ user_id: UserId; job_id: JobId; unused: boolean }>(
      'select user_id, job_id, unused from loopin.account_deletions',
    );
  const isThere = async () => (await services.sql('select from loopin.users')).length === 1;

  /** The grace is over. */
  async function due(): Promise<void> {
    const [deletion] = await deletions();
    const worker = bed.worker();
    await worker.taking.wake(deletion?.job_id as JobId);
    await worker.reaches(deletion?.job_id as JobId, 'done');
  }

  it('are to be erased in 30 days: their owners are told, once, and the audit knows why', async () => {
    for (let run = 0; run < 2; run += 1) await bed.unused().requestErasures();
    const [deletion, ...others] = await deletions();
    expect([deletion, others]).toEqual([expect.objectContaining({ user_id: userId, unused: true }), []]);
    expect(await services.sql('select template from loopin.mails')).toEqual([{ template: 'account-unused' }]);
    expect(
      await services.sql('select actor, action, details from loopin.audit_events where target = $1', [
        `user:${userId}`,
      ]),
    ).toEqual([{ actor: 'system', action: 'account.deletion_requested', details: { unused: true } }]);
    bed.clock.forward(29 * DAY_SECONDS);
    await bed.worker().taking.wake(deletion?.job_id as JobId);
    expect(await isThere()).toBe(true);
    bed.clock.forward(2 * DAY_SECONDS);
    await due();
    expect(await isThere()).toBe(false);
    expect([...bed.archive.objects.keys()]).toEqual([expect.stringContaining(userId)]);
  });

  it.each([
    ['was seen since', () => device('6 years')],
    [
      'had a device that is deleted',
      async () => {
        await device('6 years');
        await services.sql('delete from loopin.devices');
      },
    ],
    [
      'is not that old',
      () => services.sql("update loopin.users set created_at = now() - interval '6 years'"),
    ],
    ['is an administrator’s', () => services.sql("update loopin.users set roles = '{user,admin}'")],
  ])('one that %s stays', async (_, change) => {
    await change();
    await bed.unused().requestErasures();
    expect(await deletions()).toEqual([]);
  });

  it('one that is used again before it is due stays, without being asked', async () => {
    await bed.unused().requestErasures();
    bed.clock.forward(29 * DAY_SECONDS);
    await device('-29 days');
    bed.clock.forward(2 * DAY_SECONDS);
    await due();
    expect([await isThere(), await deletions()]).toEqual([true, []]);
    await bed.unused().requestErasures();
    expect(await deletions()).toEqual([]);
  });

  it('one whose owner comes back to have it erased is erased', async () => {
    await bed.unused().requestErasures();
    await device('-1 day');
    const [before] = await deletions();
    expect(await bed.due(userId)).toBe(before?.job_id);
    expect(await deletions()).toEqual([{ ...before, unused: false }]);
    bed.clock.forward(31 * DAY_SECONDS);
    await due();
    expect(await isThere()).toBe(false);
  });
});
