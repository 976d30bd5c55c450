import { Client } from 'pg';
import { ARCHIVED } from '../../src/data-classes';
import {
  ArchiveRestore,
  MonthExport,
  MonthlyArchiving,
  PgArchiveStore,
  PgRestoreTarget,
} from '../../src/modules/archive';
import type { Database } from '../../src/platform/database/database';
import { FixedClock } from './fixed-clock';
import { MemoryArchive } from './memory-archive';
import { Services } from './services';
import { subjectKeys } from './subject-keys';

const MONTH = '2026-11';

export const archivedTable = (name: string) => ARCHIVED.filter((table) => table.name === name);

/** What archiving needs, in the middle of November 2026. */
export class ArchiveBed {
  readonly clock = new FixedClock();
  readonly database: Database;

  static async start(): Promise<ArchiveBed> {
    const services = await Services.start();
    const owner = new Client({ connectionString: services.env('DATABASE_OWNER_URL') });
    await owner.connect();
    services.shutdown.onClose(() => owner.end());
    return new ArchiveBed(services, owner);
  }

  private constructor(
    readonly services: Services,
    readonly owner: Client,
  ) {
    this.database = services.database(6);
  }

  stop = () => this.services.stop();

  async reset(): Promise<void> {
    this.clock.nowMs = Date.UTC(2026, 10, 15, 12);
    await this.services.sql('truncate loopin.archives, loopin.webhook_events');
  }

  /** The first day on which November may leave. */
  later(): void {
    this.clock.nowMs = Date.UTC(2027, 2, 2);
  }

  archiver(name: string) {
    const storage = new MemoryArchive();
    const store = new PgArchiveStore(this.database);
    const subjects = subjectKeys(this.database, this.clock);
    const months = new MonthExport(store, storage, subjects, this.database, this.clock);
    const archiving = new MonthlyArchiving(store, months, this.clock, archivedTable(name));
    const restore = (into: string) =>
      new ArchiveRestore(storage).restore(name, MONTH, new PgRestoreTarget(this.owner, into));
    return { storage, store, subjects, archiving, restore };
  }

  /** Settled ones of November. */
  async webhookEvents(count: number): Promise<void> {
    await this.services.sql(
      `insert into loopin.webhook_events (id, source, provider_event_id, type, body_sealed, state, received_at, processed_at)
       select gen_random_uuid(), 'stripe', gen_random_uuid()::text, 'invoice.paid "ä"', 'secret body'::bytea, 'processed',
         '2026-11-01T00:00:00.123456Z'::timestamptz + n * interval '1 minute', '2026-11-02T00:00:00Z'
       from generate_series(1, $1) n`,
      [count],
    );
  }
}
