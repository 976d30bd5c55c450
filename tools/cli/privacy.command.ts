import type { Command } from 'commander';
import { print } from './output';
import { withServices } from './services';

/** `privacy replay-erasures`. */
export function addPrivacyCommands(program: Command): void {
  program
    .command('privacy')
    .description('people who were erased')
    .command('replay-erasures')
    .description(
      'after a restore, before web and worker start: erase everybody again whom the ledger in the archive names',
    )
    .option('--json', 'one JSON object on one line')
    .action(replay);
}

async function replay(options: { json?: boolean }): Promise<void> {
  print(options, await withServices(({ replayErasures }) => replayErasures()));
}
