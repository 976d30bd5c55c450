import type { Command } from 'commander';
import { Email } from '../../src/modules/auth';
import { print } from './output';
import { withServices } from './services';

/** `admin create|reset-mfa`. */
export function addAdminCommands(program: Command): void {
  const admin = program.command('admin').description('people who operate the product');
  admin
    .command('create')
    .description(
      'make an address an administrator: an account gets the role, any other address a code by mail',
    )
    .requiredOption('--email <address>', 'whose mailbox it is')
    .option('--json', 'one JSON object on one line')
    .action(create);
  admin
    .command('reset-mfa')
    .description('take the second factor from an account whose owner lost it; every session of it ends')
    .requiredOption('--email <address>', 'whose account it is')
    .option('--json', 'one JSON object on one line')
    .action(resetMfa);
}

async function create(options: { email: string; json?: boolean }): Promise<void> {
  const email = parseEmail(options.email);
  const status = await withServices(({ invitations }) => invitations.invite(email));
  print(options, { status });
}

async function resetMfa(options: { email: string; json?: boolean }): Promise<void> {
  const email = parseEmail(options.email);
  const status = await withServices(({ secondFactors }) => secondFactors.perform(email));
  if (status === 'unknown_account') throw new Error('there is no account with this address');
  if (status === 'not_enrolled') throw new Error('this account has no second factor');
  print(options, { status });
}

function parseEmail(text: string): string {
  const email = Email.safeParse(text);
  if (!email.success) throw new Error('--email takes an e-mail address');
  return email.data;
}
