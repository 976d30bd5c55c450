import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../../platform/database/database';
import { secondsAfter } from '../../../shared/clock';
import {
  type CountedFailure,
  type FailureCounter,
  type LockRules,
  SignInLockStore,
} from './sign-in-lock.store';

interface LockTables {
  'loopin.sign_in_failures': {
    account: Buffer;
    device_id: string;
    failed_at: Date[];
    locks: number;
    locked_until: Date | null;
    expires_at: Date;
  };
}

interface LockRow {
  locked_until: Date;
}

/** Devices that never signed in count together: an attacker has as many as it likes. */
const UNKNOWN_DEVICE = '00000000-0000-0000-0000-000000000000';

const deviceOf = ({ deviceId }: FailureCounter): string => deviceId ?? UNKNOWN_DEVICE;

/** Each decision is one statement: parallel sign-ins of an account are counted one after the other by its row. */
@Injectable()
export class PgSignInLockStore extends SignInLockStore {
  constructor(private readonly database: Database) {
    super();
  }

  async lockedUntil(counter: FailureCounter, now: Date): Promise<Date | undefined> {
    const row = await this.tables()
      .selectFrom('loopin.sign_in_failures')
      .select('locked_until')
      .where('account', '=', counter.account)
      .where('device_id', '=', deviceOf(counter))
      .where('locked_until', '>', now)
      .executeTakeFirst();
    return row?.locked_until ?? undefined;
  }

  async countFailure(counter: FailureCounter, rules: LockRules, now: Date): Promise<CountedFailure> {
    const windowStart = secondsAfter(now, -rules.windowSeconds);
    const { rows } = await sql<{ locks: boolean }>`
      insert into loopin.sign_in_failures as f (account, device_id, failed_at, expires_at)
      values (
        ${counter.account},
        ${deviceOf(counter)},
        array[${now}::timestamptz],
        ${secondsAfter(now, rules.windowSeconds)}
      )
      on conflict (account, device_id) do update
      set (failed_at, locks, locked_until, expires_at) = (
        select
          recent,
          locks_in_a_row,
          now_at + lock_time,
          now_at + coalesce(lock_time, interval '0') + make_interval(secs => ${rules.windowSeconds})
        from (select ${now}::timestamptz as now_at) as time,
        lateral (
          select array(
            select failure
            from unnest(f.failed_at || now_at) as failure
            where failure > ${windowStart}
          ) as recent
        ) as failures,
        lateral (
          select case
            -- a lock that ended within the window is followed by a longer one at the next failure
            when f.locks > 0 and f.locked_until > ${windowStart} then f.locks + 1
            when cardinality(recent) >= ${rules.maxFailures} then 1
            else 0
          end as locks_in_a_row
        ) as series,
        lateral (
          select case
            when locks_in_a_row > 0 then make_interval(secs => least(
              ${rules.longestLockSeconds},
              ${rules.firstLockSeconds} * (1 << least(locks_in_a_row - 1, 20))
            ))
          end as lock_time
        ) as lock
      )
      where f.locked_until is null or f.locked_until <= ${now}
      returning locked_until is not null as locks`.execute(this.tables());
    const [counted] = rows;
    if (counted !== undefined) return { lockedUntil: undefined, locks: counted.locks };
    return { lockedUntil: await this.lockedUntil(counter, now), locks: false };
  }

  async clear(counter: FailureCounter, now: Date): Promise<Date | undefined> {
    const { rows } = await sql<LockRow>`
      with cleared as (
        delete from loopin.sign_in_failures
        where account = ${counter.account}
        and device_id = ${deviceOf(counter)}
        and (locked_until is null or locked_until <= ${now})
      )
      select locked_until
      from loopin.sign_in_failures
      where account = ${counter.account}
      and device_id = ${deviceOf(counter)}
      and locked_until > ${now}`.execute(this.tables());
    return rows[0]?.locked_until;
  }

  async forget(account: Buffer): Promise<void> {
    await this.tables().deleteFrom('loopin.sign_in_failures').where('account', '=', account).execute();
  }

  private tables() {
    return this.database.tables<LockTables>();
  }
}
