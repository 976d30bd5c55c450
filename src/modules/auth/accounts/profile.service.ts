import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import { Unauthenticated } from '../../../shared/domain-error';
import type { UserId } from '../../../shared/ids';
import { AccountStore, type User } from './account.store';

/** What an account says of its owner. */
@Injectable()
export class ProfileService {
  constructor(
    private readonly accounts: AccountStore,
    private readonly database: Database,
  ) {}

  /** @throws Unauthenticated when the account is gone */
  async get(id: UserId): Promise<User> {
    const user = await this.accounts.findById(id);
    if (user === undefined) throw new Unauthenticated();
    return user;
  }

  /**
   * @param displayName undefined: stays as it is; null: there is none any more
   * @param mayChange looks at what is there now, and throws when the change was not made for that
   */
  async change(
    id: UserId,
    displayName: string | null | undefined,
    mayChange: (current: User) => void,
  ): Promise<User> {
    return this.database.transaction(async (tx) => {
      const user = await this.accounts.holdStill(tx, id);
      if (user === undefined) throw new Unauthenticated();
      mayChange(user);
      if (displayName === undefined) return user;
      await this.accounts.rename(tx, id, displayName);
      return { ...user, displayName };
    });
  }
}
