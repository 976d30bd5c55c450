import { Logger } from '@nestjs/common';
import { describeReason } from '../logging/log-format';
import { endReporting, reportError } from './reporting';

const MOST_WAIT_MS = 2_000;
const EX_SOFTWARE = 1;

/**
 * What nobody caught ends the process, as it does in Node anyway; but it is logged by our rules (Node would print the
 * error's own words, which may quote a row) and reported before.
 */
export function reportCrashes(): void {
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
}

let crashing = false;

function crash(err: unknown): void {
  if (crashing) return;
  crashing = true;
  // where the log does not run yet
  process.stderr.write(`nobody caught this, the process ends: ${describeReason(err)}\n`);
  new Logger('Crash').fatal({ err }, 'nobody caught this: the process ends');
  reportError(err, {}, 'fatal');
  void endReporting(MOST_WAIT_MS).finally(() => process.exit(EX_SOFTWARE));
}
