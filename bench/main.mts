// `npm run bench -- <name>`: measures us beside a peer, on this machine, now. Without a name: which benches there are.
import '../tools/node-version.mjs';
import { benches } from './benches/index.mts';
import { readArguments, UsageError } from './harness/arguments.mts';
import { toMarkdown, writeJson } from './harness/report.mts';
import { TestBed } from './harness/test-bed.mts';

/** Whatever hangs, it ends. */
const LONGEST_RUN_MS = 15 * 60_000;

const bed = new TestBed();
process.stdout.on('error', () => undefined);
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => void give(`stopping: ${name}`, 130));
}
setTimeout(() => void give(`given up after ${LONGEST_RUN_MS / 60_000} minutes`, 1), LONGEST_RUN_MS).unref();

try {
  await run();
} catch (error) {
  if (!bed.isClosing) process.stderr.write(`${describe(error)}\n`);
  process.exitCode = 1;
} finally {
  await bed.close();
}

async function run(): Promise<void> {
  const { name, json } = readArguments(process.argv.slice(2), [...benches.keys()]);
  if (name === undefined) return list();
  const bench = benches.get(name);
  if (bench === undefined) return;
  const report = await bench.run(bed);
  process.stdout.write(`\n${toMarkdown(report)}\n`);
  bed.say(`JSON in ${writeJson(report, json)}`);
}

function list(): void {
  process.stdout.write('npm run bench -- <name> [--json <file>]\n\n');
  for (const [name, { line }] of benches) process.stdout.write(`  ${name.padEnd(16)} ${line}\n`);
}

async function give(reason: string, code: number): Promise<void> {
  if (bed.isClosing) return;
  process.stderr.write(`bench | ${reason}\n`);
  await bed.close().catch(() => undefined);
  process.exit(code);
}

function describe(error: unknown): string {
  if (error instanceof UsageError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
