import type { Command } from 'commander';
import { print } from './output';
import { withServices } from './services';

const MAX_MINUTES = 24 * 60;
const MINUTE_MS = 60_000;

/** `app-config show|maintenance`: what has to work when nobody can sign in. */
export function addAppConfigCommands(program: Command): void {
  const appConfig = program
    .command('app-config')
    .description('versions, flags and maintenance, as apps see them');
  appConfig
    .command('show')
    .description('what counts now')
    .option('--json', 'one JSON object on one line')
    .action(show);
  appConfig
    .command('maintenance')
    .description('announce maintenance from now on, or end it')
    .option('--minutes <n>', 'how long it lasts')
    .option('--message <text>', 'what apps may show')
    .option('--off', 'end it')
    .option('--json', 'one JSON object on one line')
    .action(maintain);
}

async function show(options: { json?: boolean }): Promise<void> {
  const { version, config } = await withServices(({ appConfigs }) => appConfigs.newest());
  print(options, { version, ...config });
}

interface MaintenanceOptions {
  readonly minutes?: string;
  readonly message?: string;
  readonly off?: boolean;
  readonly json?: boolean;
}

async function maintain({ off, minutes, message, json }: MaintenanceOptions): Promise<void> {
  if ((off === true) === (minutes !== undefined)) throw new Error('give either --minutes or --off');
  const lastingMs = minutes === undefined ? undefined : minutesOf(minutes) * MINUTE_MS;
  const { version, config } = await withServices(({ appConfigs }) =>
    appConfigs.maintain('operator', lastingMs === undefined ? null : { lastingMs, message }),
  );
  print({ json: json === true }, { version, maintenance: config.maintenance });
}

function minutesOf(text: string): number {
  const minutes = Number(text);
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > MAX_MINUTES)
    throw new Error(`--minutes takes a whole number from 1 to ${MAX_MINUTES}`);
  return minutes;
}
