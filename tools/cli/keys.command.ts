import type { Command } from 'commander';
import type { SigningKey } from '../../src/modules/auth';
import { print } from './output';
import { withServices } from './services';

/** `keys list|rotate|revoke|restore`. Each prints all keys as they are afterwards. */
export function addKeysCommands(program: Command): void {
  const keys = program.command('keys').description('keys that sign access tokens; see the runbook');
  keys
    .command('list')
    .description('all keys, oldest first, with their state and since when')
    .option('--json', 'one JSON object on one line')
    .action(async (options) => {
      show(options, await withServices(({ signingKeys }) => signingKeys.list()));
    });
  keys
    .command('rotate')
    .description('publish a standby key or, 24 h after that, let it sign; every process knows within 60 s')
    .option('--json', 'one JSON object on one line')
    .action(async (options) => {
      show(options, await withServices(({ signingKeys }) => signingKeys.rotate()));
    });
  keys
    .command('revoke <kid>')
    .description('withdraw a standby, or end a key that left use 30 min ago')
    .option('--now', 'it was stolen: end it whatever its state, for ever; a new key signs in its place')
    .option('--json', 'one JSON object on one line')
    .action(async (kid: string, options) => {
      show(options, await withServices(({ signingKeys }) => signingKeys.revoke(kid, options.now === true)));
    });
  keys
    .command('restore <kid>')
    .description('one step back: a previously used key signs again, a revoked one’s tokens are good again')
    .option('--json', 'one JSON object on one line')
    .action(async (kid: string, options) => {
      show(options, await withServices(({ signingKeys }) => signingKeys.restore(kid)));
    });
}

function show(options: { json?: boolean }, keys: readonly SigningKey[]): void {
  const data = keys.map(({ createdAt, since, ...key }) => ({
    ...key,
    createdAt: createdAt.toISOString(),
    since: since.toISOString(),
  }));
  print(options, { data });
}
