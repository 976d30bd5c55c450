import { close, listen } from '../../tools/local/http.mts';
import { PUBLIC_KEY, sentrySink } from '../../tools/local/sentry/sink.mts';
import { parsed } from '../support/logs';
import { Program } from '../support/program';
import { SentrySink } from '../support/sentry-sink';

jest.setTimeout(60_000);

/** A process that reports and logs as ours do, and then fails where nobody catches it. */
const PROGRAM = (failure: string) => `
  const origin = { mode: 'worker', stage: 'prod', release: 'r1' };
  require('./dist/src/platform/sentry/reporting').startReporting({ dsn: process.env.DSN, tracesSampleRate: 0, ...origin });
  require('./dist/src/platform/sentry/crash').reportCrashes(origin);
  setTimeout(() => { ${failure} });
  setInterval(() => undefined, 1_000);
`;

describe('an error that nobody catches', () => {
  const server = sentrySink();
  let url: string;

  beforeAll(async () => {
    url = `127.0.0.1:${await listen(server, 0)}`;
  });
  afterAll(() => close(server));

  it.each([
    ["throw new TypeError('planted')", 'TypeError'],
    ["Promise.reject(Object.assign(new RangeError('planted'), { detail: 'planted' }))", 'RangeError'],
  ])('ends the process, logged and reported without its words: %s', async (failure, type) => {
    const sink = new SentrySink(`http://${url}`);
    await sink.clear();
    const program = new Program(['-e', PROGRAM(failure)], { DSN: `http://${PUBLIC_KEY}@${url}/1` });
    expect(await program.ended()).toBe(1);
    expect(parsed(program.stdout)).toMatchObject([
      { level: 'fatal', message: 'nobody caught this: the process ends', err: { type } },
    ]);
    expect(program.stderr).toEqual([]);
    expect(program.stdout.join('')).not.toContain('planted');
    const items = await sink.items();
    expect(items).toMatchObject([
      { event: { level: 'fatal', exception: { values: [{ type, value: type }] } } },
    ]);
  });
});
