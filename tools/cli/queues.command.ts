import type { Command } from 'commander';
import { print } from './output';
import { withServices } from './services';

/** `queues`. */
export function addQueuesCommand(program: Command): void {
  program
    .command('queues')
    .description('each queue as a worker saw it some seconds ago: depth, in flight, oldest, dead letters')
    .option('--json', 'one JSON object on one line')
    .action(async (options: { json?: boolean }) => {
      print(options, { data: await withServices(({ queues }) => queues.look()) });
    });
}
