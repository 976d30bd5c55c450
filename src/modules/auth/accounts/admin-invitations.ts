import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import { AuditLog } from '../../audit';
import { AccountStore } from './account.store';
import { RegistrationOffers } from './registration-offers';

/** How an operator makes the first administrators. */
@Injectable()
export class AdminInvitations {
  constructor(
    private readonly accounts: AccountStore,
    private readonly offers: RegistrationOffers,
    private readonly audit: AuditLog,
    private readonly database: Database,
  ) {}

  /**
   * Makes an address an administrator: an account gets the role, any other address a set-up code by mail.
   * It takes no password; the owner chooses one by reset.
   */
  async invite(email: string): Promise<'role_granted' | 'code_sent'> {
    const granted = await this.database.transaction(async (tx) => {
      const id = await this.accounts.addRole(tx, email, 'admin');
      if (id === undefined) return false;
      const [action, details] = ['user.role_granted', { role: 'admin' }];
      await this.audit.record(tx, { actor: 'operator', action, target: `user:${id}`, details });
      return true;
    });
    if (granted) return 'role_granted';
    await this.offers.make({ email, passwordHash: null, displayName: null, roles: ['user', 'admin'] });
    // nobody's account yet: the address itself has no place in the audit
    const invited = { actor: 'operator', action: 'user.admin_invited', target: 'registration' };
    await this.database.transaction((tx) => this.audit.record(tx, invited));
    return 'code_sent';
  }
}
