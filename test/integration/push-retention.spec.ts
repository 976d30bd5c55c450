import { Logger } from '@nestjs/common';
import { PgNotificationStore } from '../../src/modules/push/notifications/pg-notification.store';
import { PUSH_EXPIRY } from '../../src/modules/push/push.expiry';
import type { Database } from '../../src/platform/database/database';
import { ExpirySweep } from '../../src/platform/database/expiry-sweep';
import { DAY } from '../../src/shared/clock';
import type { NotificationId } from '../../src/shared/ids';
import { AudienceRows } from '../support/audience-rows';
import { Services } from '../support/services';
import { TestClock } from '../support/test-clock';

jest.setTimeout(60_000);

const RECIPIENTS = 2_500;

describe('what is kept of a notification', () => {
  let services: Services;
  let database: Database;
  let rows: AudienceRows;

  beforeAll(async () => {
    Logger.overrideLogger(false);
    services = await Services.start();
    database = services.database();
    rows = new AudienceRows(services);
    // only what is archived is deleted
    await services.sql(
      `insert into loopin.archives (data_class, month, schema_version, row_count, sha256, bytes, object_key, archived_at)
       select 'push_deliveries', to_char(now() at time zone 'UTC', 'YYYY-MM'), 1, 0, '', 0, '', now()`,
    );
  });
  afterAll(() => services.stop());

  const sweep = (clock: TestClock) => new ExpirySweep(database, clock, PUSH_EXPIRY).sweep();
  const counts = async (id: string) =>
    (await new PgNotificationStore(database).summary(id as NotificationId))?.counts;
  const left = (table: string, id: string) =>
    services.sql(`select from loopin.${table} where notification_id = $1`, [id]);

  /** One chunk that was sent, with some who deviate from it. */
  async function sent(): Promise<string> {
    const id = await rows.notification({});
    await services.sql(
      `insert into loopin.push_chunks (notification_id, chunk, provider, idempotency_key, state, members_state, settled_at)
       values ($1, 0, 'onesignal', gen_random_uuid(), 'sent', 'sent', now())`,
      [id],
    );
    await services.sql(
      `insert into loopin.push_deliveries (notification_id, target, chunk, user_id, device_id, state, updated_at, provider)
       select $1, i, case when i % 10 > 0 then 0 end, gen_random_uuid(), gen_random_uuid(),
         case i % 10 when 0 then 'suppressed' when 1 then 'invalid' when 2 then 'delivered' else 'pending' end, now(), 'onesignal'
       from generate_series(1, $2::int) i`,
      [id, RECIPIENTS],
    );
    return id;
  }

  it('is all of it for 90 days, and then its counts', async () => {
    const clock = new TestClock();
    const ids = [await sent(), await sent()];
    const tenth = RECIPIENTS / 10;
    const expected = {
      pending: 0,
      failed: 0,
      suppressed: tenth,
      invalid: tenth,
      delivered: tenth,
      sent: 7 * tenth,
    };
    clock.forward(90 * DAY - 60);
    await sweep(clock);
    for (const id of ids) expect(await left('push_deliveries', id)).toHaveLength(RECIPIENTS);
    clock.forward(120);
    await sweep(clock);
    for (const id of ids) {
      expect([await left('push_deliveries', id), await left('push_chunks', id)]).toEqual([[], []]);
      expect(await counts(id)).toEqual(expected);
    }
  });

  it('counts what is gone and what is there together, at any moment between', async () => {
    const id = await sent();
    const [rule] = PUSH_EXPIRY.flatMap((one) => ('expire' in one ? [one] : []));
    const before = await counts(id);
    const now = new Date(Date.now() + 91 * DAY * 1_000);
    for (let batch = 0; batch < 3; batch += 1) {
      await database.transaction(async (tx) => rule?.expire(tx, now, 1_000, now));
      expect(await counts(id)).toEqual(before);
    }
    expect(await left('push_deliveries', id)).toHaveLength(0);
  });
});
