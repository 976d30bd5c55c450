import type { Command } from 'commander';
import { EventsQuery, type ReplayJobId, ReplayRequest, toEventView } from '../../src/modules/webhooks';
import { idSchema, newId, type WebhookEventId } from '../../src/shared/ids';
import { parseOptions } from './options';
import { print } from './output';
import { withServices } from './services';

const OPERATOR = 'operator';

interface RangeOptions {
  readonly source?: string;
  readonly type?: string;
  readonly state?: string;
  readonly since?: string;
  readonly until?: string;
  readonly json?: boolean;
}

/** `webhooks list|show|replay`. */
export function addWebhooksCommands(program: Command): void {
  const webhooks = program.command('webhooks').description('events that providers posted to us');
  withRange(webhooks.command('list'))
    .description('events, newest first')
    .option('--limit <n>', 'at most 100', '20')
    .option('--cursor <cursor>', 'nextCursor of the page before')
    .action(list);
  webhooks
    .command('show <id>')
    .description('an event with the outline of its payload')
    .option('--json', 'one JSON object on one line')
    .action(show);
  withRange(webhooks.command('replay [id]'))
    .description('give one event, or all since a time, to their handlers again; the worker does it')
    .option('--dry-run', 'only count')
    .action(replay);
}

const withRange = (command: Command): Command =>
  command
    .option('--source <source>', 'stripe, razorpay, onesignal, supabase, github or standard')
    .option('--type <type>', 'as the source calls it')
    .option('--state <state>', 'received, processed, ignored or failed')
    .option('--since <time>', 'received at this time or later, ISO 8601 with its offset')
    .option('--until <time>', 'received before this time')
    .option('--json', 'one JSON object on one line');

async function list({ json, ...options }: RangeOptions): Promise<void> {
  const query = parseOptions(EventsQuery, options);
  const { data, nextCursor } = await withServices(({ webhookEvents }) => webhookEvents.list(query));
  print({ json: json === true }, { data: data.map(toEventView), nextCursor });
}

async function show(text: string, options: { json?: boolean }): Promise<void> {
  const id = parseId(text);
  const { payload, ...event } = await withServices(({ webhookEvents }) => webhookEvents.inspect(id));
  print(options, { ...toEventView(event), payload });
}

async function replay(
  text: string | undefined,
  { json, ...options }: RangeOptions & { dryRun?: boolean },
): Promise<void> {
  const replayed = text === undefined ? await replayRange(options) : await replayOne(parseId(text), options);
  print({ json: json === true }, { ...replayed, dryRun: options.dryRun === true });
}

interface Replayed {
  readonly count: number;
  readonly jobId?: string;
}

async function replayOne(id: WebhookEventId, options: object): Promise<Replayed> {
  if (Object.keys(options).length > 0) throw new Error('one event takes no further options');
  await withServices(({ eventReplay }) => eventReplay.perform(OPERATOR, id));
  return { count: 1 };
}

/** `jobs show` tells how far the job has come. */
async function replayRange(options: object): Promise<Replayed> {
  const { dryRun, ...range } = parseOptions(ReplayRequest, options);
  return withServices(async ({ webhookReplays }) => {
    if (dryRun) return { count: await webhookReplays.count(range) };
    const jobId: ReplayJobId = newId();
    return { count: await webhookReplays.start(OPERATOR, jobId, range), jobId };
  });
}

function parseId(text: string): WebhookEventId {
  const id = idSchema<'WebhookEvent'>().safeParse(text);
  if (!id.success) throw new Error('the id is the one that list prints, a UUID');
  return id.data;
}
