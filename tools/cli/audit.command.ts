import type { Command } from 'commander';
import { AuditListQuery } from '../../src/modules/audit';
import { print } from './output';
import { withServices } from './services';

interface ListOptions {
  readonly actor?: string;
  readonly target?: string;
  readonly action?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit: string;
  readonly cursor?: string;
  readonly json?: boolean;
}

/** `audit list|verify`. */
export function addAuditCommands(program: Command): void {
  const audit = program.command('audit').description('who did what');
  audit
    .command('list')
    .description('entries, newest first, with address and device where their person is not forgotten')
    .option('--actor <actor>', 'user:<id>, api_key:<id>, operator or system')
    .option('--target <target>', '<kind>:<id>')
    .option('--action <action>', 'as in session.revoked')
    .option('--since <time>', 'at this time or later, ISO 8601 with its offset')
    .option('--until <time>', 'before this time')
    .option('--limit <n>', 'at most 100', '20')
    .option('--cursor <cursor>', 'nextCursor of the page before')
    .option('--json', 'one JSON object on one line')
    .action(list);
  audit
    .command('verify')
    .description(
      'hash every row again and follow the chain of seals; exits 1 and names the seals that do not hold',
    )
    .option('--archives', 'read the archived months as well')
    .option('--json', 'one JSON object on one line')
    .action(verify);
}

async function list({ json, ...options }: ListOptions): Promise<void> {
  const query = AuditListQuery.safeParse(options);
  if (!query.success) {
    const problems = query.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`);
    throw new Error(problems.join('\n'));
  }
  print(
    { json: json === true },
    await withServices(({ auditEntries }) => auditEntries.list(query.data, true)),
  );
}

async function verify(options: { archives?: boolean; json?: boolean }): Promise<void> {
  const report = await withServices(({ verifyAudit }) => verifyAudit(options.archives === true));
  print(options, report);
  if (report.findings.length > 0) process.exitCode = 1;
}
