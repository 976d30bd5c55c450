import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import { isForeignKeyViolation } from '../../../platform/database/database.errors';
import { Clock } from '../../../shared/clock';
import { Unauthenticated, ValidationFailed } from '../../../shared/domain-error';
import type { UserId } from '../../../shared/ids';
import { type Preferences, PreferencesStore } from './preferences.store';

/** A user's own choices: the fan-out reads them where it writes a notification's recipients. */
@Injectable()
export class PreferencesService {
  constructor(
    private readonly store: PreferencesStore,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async get(userId: UserId): Promise<Preferences> {
    return this.store.find(userId);
  }

  /**
   * @param mayReplace looks at what is there now, and throws when the change was not made for that
   * @throws ValidationFailed for a time zone that the database does not know
   * @throws Unauthenticated when the account is gone
   */
  async replace(
    userId: UserId,
    wanted: Preferences,
    mayReplace: (current: Preferences) => void,
  ): Promise<Preferences> {
    const { quietHours } = wanted;
    if (quietHours !== null && !(await this.store.knowsTimezone(quietHours.timezone)))
      throw new ValidationFailed([{ path: 'quietHours.timezone', message: 'is not a known time zone' }]);
    const preferences = { quietHours, optedOut: wanted.optedOut.toSorted() };
    const replaced = this.database.transaction(async (tx) => {
      const now = this.clock.now();
      mayReplace(await this.store.lock(tx, userId, now));
      await this.store.replace(tx, userId, preferences, now);
    });
    await replaced.catch((error: unknown) => {
      throw isForeignKeyViolation(error) ? new Unauthenticated() : error;
    });
    return preferences;
  }
}
