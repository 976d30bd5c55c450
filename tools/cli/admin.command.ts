import type { Command } from 'commander';
import { Email } from '../../src/modules/auth';
import { print } from './output';
import { withServices } from './services';

/** `admin create`. */
export function addAdminCommands(program: Command): void {
  program
    .command('admin')
    .description('people who operate the product')
    .command('create')
    .description(
      'make an address an administrator: an account gets the role, any other address a code by mail',
    )
    .requiredOption('--email <address>', 'whose mailbox it is')
    .option('--json', 'one JSON object on one line')
    .action(create);
}

async function create(options: { email: string; json?: boolean }): Promise<void> {
  const email = Email.safeParse(options.email);
  if (!email.success) throw new Error('--email takes an e-mail address');
  const status = await withServices(({ invitations }) => invitations.invite(email.data));
  print(options, { status });
}
