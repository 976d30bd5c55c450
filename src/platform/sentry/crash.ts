import pino from 'pino';
import { logFormat } from '../logging/log-format';
import type { Origin } from './allowed-event';
import { endReporting, reportError } from './reporting';

const MOST_WAIT_MS = 2_000;
const STDOUT = 1;

/**
 * What nobody caught ends the process, as it does in Node anyway; but it is reported first, and logged by our rules:
 * Node would print the error's own words, which may quote a row. It has a way to stdout of its own, for the
 * application's logger may not be there yet, or be what failed.
 */
export function reportCrashes(origin: Origin): void {
  let crashing = false;
  const crash = (err: unknown): void => {
    if (crashing) return;
    crashing = true;
    const logger = pino(
      logFormat({ ...origin, level: 'fatal' }),
      pino.destination({ fd: STDOUT, sync: true }),
    );
    logger.fatal({ err }, 'nobody caught this: the process ends');
    reportError(err, {}, 'fatal');
    void endReporting(MOST_WAIT_MS).finally(() => process.exit(1));
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
}
