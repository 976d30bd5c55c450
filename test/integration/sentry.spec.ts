import { randomUUID } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import { Shutdown } from '../../src/platform/lifecycle/shutdown';
import { Turns } from '../../src/platform/lifecycle/turns';
import { endReporting, startReporting } from '../../src/platform/sentry/reporting';
import { SentryReports } from '../../src/platform/sentry/sentry-reports';
import { NotFound } from '../../src/shared/domain-error';
import { runInContext } from '../../src/shared/request-context';
import { SafeError } from '../../src/shared/safe-error';
import { close, listen } from '../../tools/local/http.mts';
import { PUBLIC_KEY, sentrySink } from '../../tools/local/sentry/sink.mts';
import { SentrySink } from '../support/sentry-sink';
import { waitFor } from '../support/wait-for';

jest.setTimeout(60_000);

const FLUSH_MS = 10_000;

describe('reports to Sentry', () => {
  const server = sentrySink();
  let origin: string;
  let sink: SentrySink;
  const opened: SentryReports[] = [];

  beforeAll(async () => {
    Logger.overrideLogger(false);
    origin = `127.0.0.1:${await listen(server, 0)}`;
    sink = new SentrySink(`http://${origin}`);
  });
  beforeEach(async () => {
    await sink.fault({});
    await sink.clear();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((reports) => reports.close(100)));
  });
  afterAll(() => close(server));

  function reportsTo(host = origin, tracesSampleRate = 0): SentryReports {
    const dsn = `http://${PUBLIC_KEY}@${host}/1`;
    const reports = new SentryReports({ dsn, tracesSampleRate, mode: 'web', stage: 'prod', release: 'r1' });
    opened.push(reports);
    return reports;
  }

  const items = (count: number) =>
    waitFor(
      `${count} items`,
      async () => {
        const all = await sink.items();
        return all.length >= count ? all : undefined;
      },
      FLUSH_MS,
    );

  it('come as envelopes that Sentry takes, with the id of what was done', async () => {
    const correlationId = randomUUID();
    const reports = reportsTo();
    runInContext({ correlationId }, () =>
      reports.error(new SafeError('it broke'), { queue: 'webhook-events' }),
    );
    const [item] = await items(1);
    expect(item).toMatchObject({
      type: 'event',
      headers: { sdk: { name: 'sentry.javascript.nestjs' } },
      event: {
        environment: 'prod',
        release: 'r1',
        tags: { correlationId, queue: 'webhook-events', mode: 'web', stage: 'prod' },
        exception: { values: [{ type: 'SafeError', value: 'SafeError: it broke' }] },
        contexts: { trace: { trace_id: correlationId.replaceAll('-', '') } },
      },
    });
    expect(JSON.stringify(item)).toContain('sentry.spec.ts');
  });

  it('hold nothing of what was planted in a thrown error or around it', async () => {
    const planted = `canary${randomUUID()}@example.com`;
    const error = Object.assign(new Error(planted, { cause: new Error(planted) }), {
      name: planted,
      code: planted,
      detail: planted,
      parameters: [planted],
    });
    const reports = reportsTo();
    reports.error(error, { route: planted, messageType: planted, principal: planted });
    reports.error(planted, { queue: planted });
    reports.error({ email: planted }, { schedule: planted });
    expect(JSON.stringify(await items(3))).not.toContain(planted.slice(0, 20));
  });

  it('of a loop have its name, and it goes on', async () => {
    startReporting({
      dsn: `http://${PUBLIC_KEY}@${origin}/1`,
      tracesSampleRate: 0,
      mode: 'worker',
      stage: 'prod',
      release: 'r1',
    });
    let turns = 0;
    const loop = new Turns(
      {
        everyMs: 1,
        work: async () => {
          turns += 1;
          if (turns === 1) throw new SafeError('the bucket is away');
          return false;
        },
        logger: new Logger(),
        failed: 'the audit was not sealed; the next turn tries again',
      },
      new Shutdown(),
    );
    loop.start();
    await waitFor('more turns', () => turns > 2, FLUSH_MS);
    loop.stop();
    expect((await items(1)).map(({ event }) => event.tags?.schedule)).toEqual(['the-audit-was-not-sealed']);
    await endReporting(100);
    startReporting({ dsn: undefined, tracesSampleRate: 0, mode: 'worker', stage: 'prod', release: 'r1' });
  });

  it('are not made of what was expected', async () => {
    const reports = reportsTo();
    reports.error(new NotFound(), {});
    reports.error(new SafeError('the only one'), {});
    const all = await items(1);
    await reports.close(FLUSH_MS);
    expect(all.map(({ event }) => event.exception?.values[0]?.value)).toEqual(['SafeError: the only one']);
  });

  it('are few however often a place fails', async () => {
    const reports = reportsTo();
    for (let index = 0; index < 500; index += 1) reports.error(new SafeError('again'), {});
    await reports.close(FLUSH_MS);
    expect((await sink.items()).length).toBeLessThanOrEqual(5);
    expect((await sink.items()).length).toBeGreaterThan(0);
  });

  it('continue the caller’s trace where it is sampled', async () => {
    const trace = { traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' };
    const reports = reportsTo(origin, 1);
    const span = reports.begin(randomUUID(), trace);
    expect(span).toBeDefined();
    if (span) reports.end(span, 'http.server', { method: 'GET', route: '/v1/me', status: 200 }, true);
    expect((await items(1))[0]).toMatchObject({
      type: 'transaction',
      event: {
        transaction: 'GET /v1/me',
        contexts: {
          trace: {
            trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
            parent_span_id: '00f067aa0ba902b7',
            op: 'http.server',
          },
        },
      },
    });
    expect(reportsTo(origin, 0).begin(randomUUID(), trace)).toBeUndefined();
  });

  it.each([{ status: 429 }, { status: 500 }])('are lost quietly while Sentry answers %j', async (fault) => {
    await sink.fault(fault);
    const reports = reportsTo();
    reports.error(new SafeError('lost'), {});
    await reports.close(FLUSH_MS);
    await sink.fault({});
    expect(await sink.items()).toEqual([]);
  });

  describe('with a Sentry that is away', () => {
    let silent: Server;
    const sockets: Socket[] = [];
    let port: number;

    /** Takes connections, and never says a word. */
    beforeAll(async () => {
      silent = createServer((socket) => sockets.push(socket));
      port = await new Promise((resolve) => {
        silent.listen(0, '127.0.0.1', () => {
          const address = silent.address();
          resolve(typeof address === 'object' && address ? address.port : 0);
        });
      });
    });
    afterAll(() => {
      for (const socket of sockets) socket.destroy();
      silent.close();
    });

    it.each(['silent', 'closed'])(
      'are bounded, and the end waits no longer than it may: %s',
      async (kind) => {
        const reports = reportsTo(kind === 'silent' ? `127.0.0.1:${port}` : '127.0.0.1:9');
        for (let index = 0; index < 1_000; index += 1) {
          const error = new SafeError('nobody hears this');
          error.stack = `\n    at place ${index}`;
          reports.error(error, {});
        }
        let ended = false;
        void reports.close(200).then(() => {
          ended = true;
        });
        await waitFor('the end', () => ended, FLUSH_MS);
      },
    );
  });
});
