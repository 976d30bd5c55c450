import { Injectable } from '@nestjs/common';
import { type Generated, type Kysely, type Selectable, sql } from 'kysely';
import { Database } from '../../../../platform/database/database';
import type { Transaction } from '../../../../platform/database/transaction';
import type { WebhookEndpointId } from '../../../../shared/ids';
import {
  type EndpointChange,
  type NewWebhookEndpoint,
  type SealedSecrets,
  type WebhookEndpoint,
  WebhookEndpointStore,
} from './webhook-endpoint.store';

interface EndpointTable {
  id: WebhookEndpointId;
  url: string;
  event_types: string[];
  description: string | null;
  state: WebhookEndpoint['state'];
  disabled_reason: Generated<WebhookEndpoint['disabledReason']>;
  secrets_sealed: Buffer;
  rotation_id: Generated<string | null>;
  failing_since: Generated<Date | null>;
  noticed_at: Generated<Date | null>;
  created_at: Date;
  updated_at: Date;
}

interface EndpointTables {
  'loopin.webhook_endpoints': EndpointTable;
}

const COLUMNS = [
  'id',
  'url',
  'event_types',
  'description',
  'state',
  'disabled_reason',
  'created_at',
  'updated_at',
] as const;

@Injectable()
export class PgWebhookEndpointStore extends WebhookEndpointStore {
  constructor(private readonly database: Database) {
    super();
  }

  async lockCount(tx: Transaction, except: WebhookEndpointId): Promise<number> {
    const tables = tx.tables<EndpointTables>();
    await sql`select pg_advisory_xact_lock(hashtextextended('webhook_endpoints', 0))`.execute(tables);
    const { count } = await tables
      .selectFrom('loopin.webhook_endpoints')
      .select((eb) => eb.fn.countAll<string>().as('count'))
      .where('id', '<>', except)
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  async add(tx: Transaction, endpoint: NewWebhookEndpoint, now: Date): Promise<WebhookEndpoint> {
    const row = await tx
      .tables<EndpointTables>()
      .insertInto('loopin.webhook_endpoints')
      .values({
        id: endpoint.id,
        url: endpoint.url,
        event_types: [...endpoint.eventTypes],
        description: endpoint.description,
        state: 'enabled',
        secrets_sealed: endpoint.secretsSealed,
        created_at: now,
        updated_at: now,
      })
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((eb) => ({ secrets_sealed: eb.ref('excluded.secrets_sealed') })),
      )
      .returning(COLUMNS)
      .executeTakeFirstOrThrow();
    return toEndpoint(row);
  }

  async find(id: WebhookEndpointId): Promise<WebhookEndpoint | undefined> {
    const row = await endpoints(this.database.tables()).where('id', '=', id).executeTakeFirst();
    return row && toEndpoint(row);
  }

  async list(limit: number, after: WebhookEndpointId | undefined): Promise<WebhookEndpoint[]> {
    const rows = await endpoints(this.database.tables())
      .$if(after !== undefined, (query) => query.where('id', '<', after ?? null))
      .orderBy('id', 'desc')
      .limit(limit + 1)
      .execute();
    return rows.map(toEndpoint);
  }

  async lock(tx: Transaction, id: WebhookEndpointId): Promise<WebhookEndpoint | undefined> {
    const row = await endpoints(tx.tables()).where('id', '=', id).forUpdate().executeTakeFirst();
    return row && toEndpoint(row);
  }

  async change(
    tx: Transaction,
    id: WebhookEndpointId,
    change: EndpointChange,
    now: Date,
  ): Promise<WebhookEndpoint> {
    const row = await tx
      .tables<EndpointTables>()
      .updateTable('loopin.webhook_endpoints')
      .set({
        url: change.url,
        event_types: [...change.eventTypes],
        description: change.description,
        state: change.state,
        disabled_reason: change.disabledReason,
        failing_since: sql`case when state = 'disabled' then null else failing_since end`,
        noticed_at: sql`case when state = 'disabled' then null else noticed_at end`,
        updated_at: now,
      })
      .where('id', '=', id)
      .returning(COLUMNS)
      .executeTakeFirstOrThrow();
    return toEndpoint(row);
  }

  async delete(tx: Transaction, id: WebhookEndpointId): Promise<void> {
    await tx.tables<EndpointTables>().deleteFrom('loopin.webhook_endpoints').where('id', '=', id).execute();
  }

  async lockSecrets(tx: Transaction, id: WebhookEndpointId): Promise<SealedSecrets | undefined> {
    const row = await tx
      .tables<EndpointTables>()
      .selectFrom('loopin.webhook_endpoints')
      .select(['secrets_sealed', 'rotation_id'])
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
    return row && { secretsSealed: row.secrets_sealed, rotationId: row.rotation_id };
  }

  async setSecrets(tx: Transaction, id: WebhookEndpointId, secrets: SealedSecrets): Promise<void> {
    await tx
      .tables<EndpointTables>()
      .updateTable('loopin.webhook_endpoints')
      .set({ secrets_sealed: secrets.secretsSealed, rotation_id: secrets.rotationId })
      .where('id', '=', id)
      .execute();
  }
}

const endpoints = (tables: Kysely<EndpointTables>) =>
  tables.selectFrom('loopin.webhook_endpoints').select(COLUMNS);

const toEndpoint = (row: Pick<Selectable<EndpointTable>, (typeof COLUMNS)[number]>): WebhookEndpoint => ({
  id: row.id,
  url: row.url,
  eventTypes: row.event_types,
  description: row.description,
  state: row.state,
  disabledReason: row.disabled_reason,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});
