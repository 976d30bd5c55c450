import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../../../../platform/database/database';
import type { Transaction } from '../../../../platform/database/transaction';
import type { WebhookEndpointId } from '../../../../shared/ids';
import { EndpointHealthStore, type FailingEndpoint } from './endpoint-health.store';

const MOST_ADMINS = 20;

@Injectable()
export class PgEndpointHealthStore extends EndpointHealthStore {
  constructor(private readonly database: Database) {
    super();
  }

  async failed(tx: Transaction, ids: readonly WebhookEndpointId[], now: Date): Promise<FailingEndpoint[]> {
    const { rows } = await sql<FailingEndpoint>`
      with failing as (
        select id
        from loopin.webhook_endpoints
        where id = any(${ids}::uuid[])
          and state = 'enabled'
        order by id
        for no key update
      )
      update loopin.webhook_endpoints e
      set failing_since = coalesce(e.failing_since, ${now})
      from failing
      where e.id = failing.id
      returning e.id, e.url, e.failing_since as "failingSince", e.noticed_at as "noticedAt"`.execute(
      tx.tables(),
    );
    return rows;
  }

  async recovered(ids: readonly WebhookEndpointId[]): Promise<void> {
    await sql`
      update loopin.webhook_endpoints
      set failing_since = null,
          noticed_at = null
      where id = any(${ids}::uuid[])
        and state = 'enabled'
        and failing_since is not null`.execute(this.database.tables());
  }

  async noticed(tx: Transaction, id: WebhookEndpointId, now: Date): Promise<void> {
    await sql`
      update loopin.webhook_endpoints
      set noticed_at = ${now}
      where id = ${id}`.execute(tx.tables());
  }

  async disable(
    tx: Transaction,
    id: WebhookEndpointId,
    reason: 'failing' | 'gone',
    now: Date,
  ): Promise<void> {
    await sql`
      update loopin.webhook_endpoints
      set state = 'disabled',
          disabled_reason = ${reason},
          updated_at = ${now}
      where id = ${id}`.execute(tx.tables());
  }

  async adminAddresses(tx: Transaction): Promise<string[]> {
    const { rows } = await sql<{ email: string }>`
      select email
      from loopin.users
      where 'admin' = any(roles)
      order by id
      limit ${MOST_ADMINS}`.execute(tx.tables());
    return rows.map(({ email }) => email);
  }
}
