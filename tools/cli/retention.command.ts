import type { Command } from 'commander';
import { Client } from 'pg';
import { loadOwnerEnv } from '../../src/config/env';
import { ArchiveRestore, PgRestoreTarget } from '../../src/modules/archive';
import { connectionOptions } from '../../src/platform/database/connection-options';
import type { Swept } from '../../src/platform/database/expiry-sweep';
import { print } from './output';
import { withServices } from './services';

/** `retention`, `archive list|restore`. */
export function addRetentionCommands(program: Command): void {
  program
    .command('retention')
    .description('remove what has expired, in small batches, as the worker does all day')
    .option('--dry-run', 'only count, by class; also what would go to the archive')
    .option('--json', 'one JSON object on one line')
    .action((options: RetentionOptions) => (options.dryRun ? preview(options) : sweep(options)));
  const archive = program.command('archive').description('months that left the database');
  archive
    .command('list')
    .description('which months of which class are in the archive')
    .option('--json', 'one JSON object on one line')
    .action(list);
  archive
    .command('restore')
    .description(
      'read a month into a new table of the schema loopin_restored and check it, as loopin_owner (DATABASE_OWNER_URL)',
    )
    .requiredOption('--class <class>', 'audit_events, webhook_events or push_deliveries')
    .requiredOption('--month <month>', 'as in 2026-11')
    .requiredOption('--into <table>', 'a name that is free')
    .option('--json', 'one JSON object on one line')
    .action(restore);
}

interface RetentionOptions {
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** Until nothing is left. */
async function sweep(options: RetentionOptions): Promise<void> {
  const data = await withServices(async ({ expiry }) => {
    const all: Swept[] = [];
    let swept: Swept[];
    do {
      swept = await expiry.sweep();
      all.push(...swept);
    } while (swept.some(({ isDone }) => !isDone));
    return byClass(all);
  });
  print(options, { data });
}

function byClass(all: readonly Swept[]): Omit<Swept, 'isDone'>[] {
  const classes = new Map<string, Omit<Swept, 'isDone'>>();
  for (const { dataClass, count, longestBatchMs } of all) {
    const before = classes.get(dataClass) ?? { count: 0, longestBatchMs: 0 };
    const longest = Math.max(before.longestBatchMs, longestBatchMs);
    classes.set(dataClass, { dataClass, count: before.count + count, longestBatchMs: longest });
  }
  return [...classes.values()];
}

async function preview(options: RetentionOptions): Promise<void> {
  const data = await withServices(async ({ expiry, archiving }) => [
    ...(await expiry.preview()),
    ...(await archiving.preview()),
  ]);
  print(options, { data });
}

async function list(options: { json?: boolean }): Promise<void> {
  const records = await withServices(({ archives }) => archives.list());
  const data = records.map(({ sha256, archivedAt, removedAt, seals, ...record }) => ({
    ...record,
    seals: seals ?? null,
    sha256: sha256.toString('hex'),
    archivedAt: archivedAt.toISOString(),
    removedAt: removedAt?.toISOString() ?? null,
  }));
  print(options, { data });
}

interface RestoreOptions {
  readonly class: string;
  readonly month: string;
  readonly into: string;
  readonly json?: boolean;
}

async function restore({ json, into, month, ...options }: RestoreOptions): Promise<void> {
  const { url, ca, tls } = loadOwnerEnv();
  const client = new Client(connectionOptions({ url, ca, tls }));
  await client.connect();
  try {
    const report = await withServices(({ archive }) => {
      if (archive === undefined) throw new Error('ARCHIVE_BUCKET and AWS_REGION say where the archive is');
      return new ArchiveRestore(archive).restore(options.class, month, new PgRestoreTarget(client, into));
    });
    const { rows, sha256 } = report;
    print({ json: json === true }, { table: `loopin_restored.${into}`, rows, sha256 });
  } finally {
    await client.end();
  }
}
