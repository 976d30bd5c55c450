import type { Command } from 'commander';
import { type Job, JobsFilter, toJobDetails, toJobView } from '../../src/modules/jobs';
import { idSchema, type JobId } from '../../src/shared/ids';
import { print } from './output';
import { type Services, withServices } from './services';

const OPERATOR = 'operator';

interface ListOptions {
  readonly status?: string;
  readonly name?: string;
  readonly limit: string;
  readonly cursor?: string;
  readonly json?: boolean;
}

/** `jobs list|show|cancel|retry`. */
export function addJobsCommands(program: Command): void {
  const jobs = program.command('jobs').description('what workers do in the background');
  jobs
    .command('list')
    .description('jobs, newest first')
    .option('--status <status>', 'queued, running, done, failed or cancelled')
    .option('--name <name>', 'as in `webhooks.replay`')
    .option('--limit <n>', 'at most 100', '20')
    .option('--cursor <cursor>', 'nextCursor of the page before')
    .option('--json', 'one JSON object on one line')
    .action(list);
  addAction(jobs, 'show', 'a job with its payload', (services, id) => services.jobs.inspect(id));
  addAction(
    jobs,
    'cancel',
    'end a job: a queued one at once, a running one at its next checkpoint',
    (services, id) => services.jobs.cancel(OPERATOR, id),
  );
  addAction(
    jobs,
    'retry',
    'begin a failed or cancelled job again, from its last checkpoint',
    (services, id) => services.jobs.retry(OPERATOR, id),
  );
}

async function list({ json, ...options }: ListOptions): Promise<void> {
  const query = JobsFilter.safeParse(options);
  if (!query.success) {
    const problems = query.error.issues.map(({ path, message }) => `--${path.join('.')}: ${message}`);
    throw new Error(problems.join('\n'));
  }
  const { data, nextCursor } = await withServices(({ jobs }) => jobs.list(query.data));
  print({ json: json === true }, { data: data.map(toJobView), nextCursor });
}

function addAction(
  jobs: Command,
  name: string,
  description: string,
  act: (services: Services, id: JobId) => Promise<Job>,
): void {
  jobs
    .command(`${name} <id>`)
    .description(description)
    .option('--json', 'one JSON object on one line')
    .action(async (text: string, options: { json?: boolean }) => {
      const id = idSchema<'Job'>().safeParse(text);
      if (!id.success) throw new Error('the id is the one that list prints, a UUID');
      print(options, toJobDetails(await withServices((services) => act(services, id.data))));
    });
}
