import type { Command } from 'commander';
import type { z } from 'zod';
import {
  DiscardRequest,
  LettersQuery,
  RedriveRequest,
  toLetterView,
  toProgressView,
  toShownLetter,
} from '../../src/modules/queues';
import { idSchema, newId } from '../../src/shared/ids';
import { parseOptions } from './options';
import { print } from './output';
import { showProgress } from './progress-bar';
import { withServices } from './services';

const OPERATOR = 'operator';

interface FilterOptions {
  readonly queue?: string;
  readonly type?: string;
  readonly reasonCode?: string;
  readonly since?: string;
  readonly json?: boolean;
}

interface ActionOptions extends FilterOptions {
  readonly all?: boolean;
  readonly rate?: string;
  readonly reason?: string;
  readonly dryRun?: boolean;
}

/** `dlq list|show|redrive|discard`. */
export function addDlqCommands(program: Command): void {
  const dlq = program.command('dlq').description('messages that their queue gave up; see the runbook');
  withFilter(dlq.command('list'))
    .description('dead letters, newest first')
    .option('--state <state>', 'waiting, redriven or discarded', 'waiting')
    .option('--limit <n>', 'at most 100', '20')
    .option('--cursor <cursor>', 'nextCursor of the page before')
    .action(list);
  dlq
    .command('show <id>')
    .description('one of them: why it died, how often, its message without what may be personal')
    .option('--json', 'one JSON object on one line')
    .action(show);
  withScope(dlq.command('redrive [ids...]'))
    .description('send them again; the worker does it, and goes on when this command is stopped')
    .option('--rate <n>', 'messages a second, 1 to 1000', '100')
    .option('--reason <words>', 'for the audit')
    .action(redrive);
  withScope(dlq.command('discard [ids...]'))
    .description('put them away')
    .option('--reason <words>', 'why nobody needs them: for the audit, without an address')
    .action(discard);
}

const withFilter = (command: Command): Command =>
  command
    .option('--queue <queue>', 'push-notifications, webhook-events or background-jobs')
    .option('--type <type>', 'of message')
    .option('--reason-code <code>', 'as list prints it')
    .option('--since <time>', 'died at this time or later, ISO 8601 with its offset')
    .option('--json', 'one JSON object on one line');

const withScope = (command: Command): Command =>
  withFilter(command)
    .option('--all', 'all that wait and pass the options above')
    .option('--dry-run', 'only count');

async function list({ json, ...options }: FilterOptions): Promise<void> {
  const query = parseOptions(LettersQuery, options);
  const { data, nextCursor } = await withServices(({ deadLetters }) => deadLetters.list(query));
  print({ json: json === true }, { data: data.map(toLetterView), nextCursor });
}

async function show(text: string, options: { json?: boolean }): Promise<void> {
  const id = idSchema<'DeadLetter'>().safeParse(text);
  if (!id.success) throw new Error('the id is the one that list prints, a UUID');
  print(options, toShownLetter(await withServices(({ deadLetters }) => deadLetters.inspect(id.data))));
}

async function redrive(ids: string[], { rate, ...options }: ActionOptions): Promise<void> {
  const given = { ...options, rate: Number(rate) };
  await act('redrive', parseOptions(RedriveRequest, requestOf(ids, given)), options);
}

async function discard(ids: string[], options: ActionOptions): Promise<void> {
  await act('discard', parseOptions(DiscardRequest, requestOf(ids, options)), options);
}

function requestOf(ids: readonly string[], { json: _, ...options }: object & { json?: boolean }): object {
  if (ids.length > 0 === 'all' in options) throw new Error('give ids, or --all with or without a filter');
  return { ...options, ...(ids.length > 0 && { ids }) };
}

type Request = z.infer<typeof RedriveRequest> | z.infer<typeof DiscardRequest>;

async function act(
  kind: 'redrive' | 'discard',
  { dryRun, all: _, reason, ...request }: Request,
  { json }: { json?: boolean },
): Promise<void> {
  const { rate, ...scope } = { rate: undefined, ...request };
  await withServices(async ({ deadLetterActions: actions }) => {
    if (dryRun) return print({ json: json === true }, { count: await actions.count(scope), dryRun });
    const id = newId<'DeadLetterAction'>();
    const count = await actions.start(OPERATOR, { id, kind, scope, rate, reason });
    await showProgress(kind, async () => {
      const { moved, counted, finishedAt } = await actions.progress(id);
      return { done: moved, total: counted, over: finishedAt !== null };
    });
    const { moved, finishedAt, failure } = toProgressView(await actions.progress(id));
    print({ json: json === true }, { id, count, moved, finishedAt, dryRun, ...(failure && { failure }) });
  });
}
