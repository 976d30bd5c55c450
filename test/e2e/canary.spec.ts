import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import pino from 'pino';
import { consoleLine } from '../../src/platform/logging/console-format';
import { logFormat } from '../../src/platform/logging/log-format';
import { SentryReports } from '../../src/platform/sentry/sentry-reports';
import { Api, expectStatus } from '../support/api';
import { Canaries } from '../support/canaries';
import { linesOf } from '../support/logs';
import { TestStack } from '../support/test-stack';
import { waitFor } from '../support/wait-for';

jest.setTimeout(120_000);

const BOUND_MS = 30_000;

describe('what is secret or personal', () => {
  let stack: TestStack;
  let canaries: Canaries;

  beforeAll(async () => {
    stack = await TestStack.start({ env: { LOG_LEVEL: 'debug', SENTRY_TRACES_SAMPLE_RATE: '1' } });
    canaries = new Canaries(stack);
    await canaries.live();
    await canaries.goWrong();
  });
  afterAll(() => stack.stop());

  const planted = () => ({ ...canaries.secrets, ...canaries.personal });

  /** The names of what is found in a text. */
  const found = (text: string, values: Record<string, string>) =>
    Object.entries(values)
      .filter(([, value]) => text.toLowerCase().includes(value.toLowerCase()))
      .map(([name]) => name);

  it('was planted', () => {
    for (const [name, value] of Object.entries(planted())) {
      expect([name, value?.length]).toEqual([name, expect.any(Number)]);
      expect(value.length).toBeGreaterThanOrEqual(6);
    }
  });

  it.each(['web', 'worker'] as const)('is in no log line of %s, and each line is JSON', (mode) => {
    const lines = linesOf(mode, stack.local.logs());
    expect(lines.length).toBeGreaterThan(5);
    expect(() => stack.logs(mode)).not.toThrow();
    const { code = '', ...others } = planted();
    expect(found(lines.join('\n'), others)).toEqual([]);
    // six digits may stand in a duration or an id: as a word of its own they may not
    expect(lines.filter((line) => new RegExp(`\\b${code}\\b`).test(line))).toEqual([]);
  });

  it('is in nothing that Sentry was told, of errors and of spans', async () => {
    const items = await stack.sentry.items();
    expect(new Set(items.map(({ type }) => type))).toEqual(new Set(['event', 'transaction']));
    const { code: _, ...others } = planted();
    expect(found(JSON.stringify(items), others)).toEqual([]);
  });

  it.each(['web', 'worker'] as const)('is in no label of a metric of %s', async (mode) => {
    const api = new Api(`http://127.0.0.1:${stack.local.ports[mode]}`);
    const { text } = expectStatus(await api.get('/metrics'), 200);
    expect(text).toContain('loopin_http_request_seconds_count{');
    const { code = '', ...others } = planted();
    expect(found(text, others)).toEqual([]);
    expect(text).not.toContain(`"${code}"`);
  });

  it('is in no detail of a problem', () => {
    const { problems } = canaries;
    expect(problems.length).toBeGreaterThan(5);
    for (const problem of problems) expect(JSON.parse(problem)).toHaveProperty('requestId');
    expect(found(problems.join('\n'), planted())).toEqual([]);
  });

  it('does not get out where somebody logs or reports it on purpose', async () => {
    const all = planted();
    const words = Object.values(all).join(' ');
    const error = Object.assign(new Error(words, { cause: words }), {
      ...all,
      name: words,
      code: words,
      detail: words,
    });
    const lines: string[] = [];
    const config = { level: 'trace', mode: 'web', stage: 'local', release: 'r1' };
    const logger = pino(logFormat(config), { write: (line) => lines.push(line, consoleLine(line)) });
    logger.info({ ...all, body: all, headers: all, req: all, user: all }, 'logged');
    logger.error({ err: error, ...all }, 'thrown');
    const reports = new SentryReports({
      ...config,
      dsn: stack.local.env.SENTRY_DSN ?? '',
      tracesSampleRate: 0,
    });
    await stack.sentry.clear();
    reports.error(error, {
      route: words,
      queue: words,
      messageType: words,
      schedule: words,
      principal: words,
    });
    reports.error(words, {});
    const sent = await waitFor(
      'both reports',
      async () => {
        const items = await stack.sentry.items();
        return items.length >= 2 ? items : undefined;
      },
      BOUND_MS,
    );
    await reports.close(BOUND_MS);
    expect(lines).toHaveLength(4);
    expect(found([...lines, JSON.stringify(sent)].join('\n'), all)).toEqual([]);
  });

  it('is in no message', async () => {
    const rows = await stack.sql<{ body: string }>('select body from loopin.outbox');
    expect(rows.length).toBeGreaterThan(3);
    const { code = '', ...others } = planted();
    expect(found(rows.map(({ body }) => body).join('\n'), others)).toEqual([]);
    expect(rows.filter(({ body }) => new RegExp(`\\b${code}\\b`).test(body))).toEqual([]);
  });

  it('is in nothing that the queues keep', () => {
    const folder = path.join(stack.local.state, 'sqs');
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    const text = files
      .map((file) => readFileSync(path.join(file.parentPath, file.name), 'latin1'))
      .join('\n');
    expect(text).toContain('push.deliver-chunk');
    const { code: _, ...others } = planted();
    expect(found(text, others)).toEqual([]);
  });

  it('is in no table, as far as it is secret', async () => {
    const tables = await stack.sql<{ name: string }>(
      "select table_name as name from information_schema.tables where table_schema = 'loopin' and table_type = 'BASE TABLE'",
    );
    const { databasePassword: _, ...kept } = canaries.secrets;
    const asBytes = Object.entries(kept).map(([name, value]) => [
      `${name} as bytes`,
      Buffer.from(value).toString('hex'),
    ]);
    for (const { name } of tables) {
      const rows = await stack.sql<{ row: string }>(`select t::text as row from loopin.${name} t`);
      const text = rows.map(({ row }) => row).join('\n');
      expect([name, found(text, { ...kept, ...Object.fromEntries(asBytes) })]).toEqual([name, []]);
    }
  });

  it('leaves no mail behind that can be read', async () => {
    const rows = await stack.sql(
      'select from loopin.mails where sent_at is not null and content_sealed is not null',
    );
    expect(rows).toEqual([]);
  });
});
