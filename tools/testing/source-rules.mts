// What no other tool looks at: the size of files, suppressed findings, tests that are left out, who owns a file, and
// what a new table needs elsewhere.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readTableLines, tableFindings } from './table-rules.mts';

/** Why a file is refused, or undefined. */
type Rule = (file: string, text: string) => string | undefined;

const MAX_LINES = 250;
const SOURCE = /\.(c|m)?(t|j)s$|\.sql$/;
/** Written in two parts, so that this file does not find itself. */
const SUPPRESSIONS = ['biome-', '@ts-', 'eslint-'].map(
  (name) => new RegExp(`${name}(ignore|expect-error|nocheck|disable)`),
);
const LEFT_OUT = new RegExp(
  `\\b(it|test|describe)\\.(${['skip', 'only', 'todo'].join('|')})\\b|\\bx(it|describe)\\(`,
);
const OWNED =
  /^src\/((main|start|web\.module|worker\.module|schedules|data-classes)\.ts$|(config|shared|platform)\/|modules\/[^/]+\/)/;
const MAY_ASK_THE_MODE = /^src\/((main|start)\.ts$|config\/)/;

/** An error that is only logged: what is away is expected to be, and others tell of it where it stays away. */
const ONLY_LOGGED = /\.warn\(\s*\{[^}]*\berr\b/;
const MAY_ONLY_LOG =
  /^src\/(platform\/sentry\/tell-failure|platform\/sqs\/outbox-publisher|modules\/auth\/oidc\/jwks\.provider-keys)\.ts$/;

const rules: readonly Rule[] = [
  (_file, text) => {
    const lines = text.split('\n').length - 1;
    return lines > MAX_LINES ? `has ${lines} lines: split it by use case (at most ${MAX_LINES})` : undefined;
  },
  (_file, text) =>
    SUPPRESSIONS.some((pattern) => pattern.test(text)) ? 'suppresses a finding: solve it instead' : undefined,
  (file, text) =>
    file.endsWith('.spec.ts') && LEFT_OUT.test(text) ? 'leaves tests out: mend or delete them' : undefined,
  (file) =>
    file.startsWith('src/') && !OWNED.test(file)
      ? 'belongs to nobody: move it into the module that owns it'
      : undefined,
  (file, text) =>
    file.startsWith('src/') && !MAY_ASK_THE_MODE.test(file) && /\bAPP_MODE\b|\bmode === /.test(text)
      ? 'asks for the mode: composition in the root modules decides'
      : undefined,
  (file, text) =>
    file.startsWith('src/') && !MAY_ONLY_LOG.test(file) && ONLY_LOGGED.test(text)
      ? 'logs an error that Sentry never hears of: use tellFailure'
      : undefined,
];

const tableLines = readTableLines();
const findings = process.argv
  .slice(2)
  .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && SOURCE.test(entry.name))
  .map((entry) => path.join(entry.parentPath, entry.name))
  .flatMap((file) => {
    const text = readFileSync(file, 'utf8');
    const reasons = rules.flatMap((rule) => rule(file, text) ?? []);
    return [...reasons, ...(file.endsWith('.sql') ? tableFindings(text, tableLines) : [])].map(
      (reason) => `${file} ${reason}`,
    );
  });

for (const finding of findings) process.stdout.write(`${finding}\n`);
process.exitCode = findings.length === 0 ? 0 : 1;
