import { type RawBuilder, sql } from 'kysely';
import { MINUTE, secondsAfter } from '../../../shared/clock';

/** A recipient is to be taken or definitely refused by a provider this long after its push was due. */
const PROMISED_SECONDS = 5 * MINUTE;

/** The rest of a statement whose `settled` has a row with `due` for each recipient that got its result. */
export function countPromise(now: Date): RawBuilder<unknown> {
  const hour = new Date(now);
  hour.setUTCMinutes(0, 0, 0);
  const limit = secondsAfter(now, -PROMISED_SECONDS);
  return sql`
    insert into loopin.push_slo as slo (hour, within, late)
    select ${hour}::timestamptz,
           count(*) filter (where due >= ${limit}),
           count(*) filter (where due < ${limit})
    from settled
    having count(*) > 0
    on conflict (hour) do update
    set within = slo.within + excluded.within,
        late = slo.late + excluded.late`;
}
