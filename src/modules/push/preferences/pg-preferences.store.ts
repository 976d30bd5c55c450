import { Injectable } from '@nestjs/common';
import { type Generated, type Kysely, type Selectable, sql } from 'kysely';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import type { UserId } from '../../../shared/ids';
import { type Preferences, PreferencesStore } from './preferences.store';

interface PreferencesTables {
  'loopin.push_preferences': {
    user_id: UserId;
    opted_out: Generated<string[]>;
    quiet_start: Generated<string | null>;
    quiet_end: Generated<string | null>;
    timezone: Generated<string | null>;
    updated_at: Date;
  };
}

@Injectable()
export class PgPreferencesStore extends PreferencesStore {
  constructor(private readonly database: Database) {
    super();
  }

  async find(userId: UserId): Promise<Preferences> {
    return toPreferences(await preferencesOf(this.database.tables(), userId).executeTakeFirst());
  }

  async lock(tx: Transaction, userId: UserId, now: Date): Promise<Preferences> {
    const tables = tx.tables<PreferencesTables>();
    await tables
      .insertInto('loopin.push_preferences')
      .values({ user_id: userId, updated_at: now })
      .onConflict((conflict) => conflict.column('user_id').doNothing())
      .execute();
    return toPreferences(await preferencesOf(tables, userId).forUpdate().executeTakeFirst());
  }

  async replace(tx: Transaction, userId: UserId, preferences: Preferences, now: Date): Promise<void> {
    const { optedOut, quietHours } = preferences;
    await tx
      .tables<PreferencesTables>()
      .updateTable('loopin.push_preferences')
      .set({
        opted_out: [...optedOut],
        quiet_start: quietHours?.start ?? null,
        quiet_end: quietHours?.end ?? null,
        timezone: quietHours?.timezone ?? null,
        updated_at: now,
      })
      .where('user_id', '=', userId)
      .execute();
  }

  async knowsTimezone(timezone: string): Promise<boolean> {
    const { rows } = await sql<{ known: boolean }>`
      select loopin.knows_time_zone(${timezone}) as known`.execute(this.database.tables());
    return rows[0]?.known === true;
  }
}

const preferencesOf = (tables: Kysely<PreferencesTables>, userId: UserId) =>
  tables
    .selectFrom('loopin.push_preferences')
    .select(['opted_out', 'quiet_start', 'quiet_end', 'timezone'])
    .where('user_id', '=', userId);

type Row = Pick<
  Selectable<PreferencesTables['loopin.push_preferences']>,
  'opted_out' | 'quiet_start' | 'quiet_end' | 'timezone'
>;

function toPreferences(row: Row | undefined): Preferences {
  if (row === undefined) return { optedOut: [], quietHours: null };
  const { opted_out: optedOut, quiet_start: start, quiet_end: end, timezone } = row;
  const quietHours =
    start === null || end === null || timezone === null
      ? null
      : { start: toMinutes(start), end: toMinutes(end), timezone };
  return { optedOut, quietHours };
}

/** Postgres says the seconds as well. */
const toMinutes = (time: string): string => time.slice(0, 'HH:MM'.length);
