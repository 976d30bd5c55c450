import { randomUUID } from 'node:crypto';
import type { ErrorEvent } from '@sentry/nestjs';
import fc from 'fast-check';
import { NotFound } from '../../shared/domain-error';
import { SafeError } from '../../shared/safe-error';
import { allowedError, allowedTransaction } from './allowed-event';
import type { Report, SpanReport } from './report';

const ORIGIN = { mode: 'web', stage: 'prod', release: 'r1' };
const USER = `user:${randomUUID()}`;

const report = (facts: Report['facts'] = {}): Report => ({
  correlationId: '3f8b8d9e-7f5e-4c55-9f4c-0d1f0d6a3b11',
  trace: undefined,
  facts,
  at: 1_000,
  level: 'error',
});

/** As an SDK with every integration on would make it. */
const filled = (words: string): ErrorEvent => ({
  type: undefined,
  event_id: 'a'.repeat(32),
  message: words,
  server_name: words,
  user: { id: words, email: words, ip_address: words, username: words },
  request: {
    url: words,
    method: words,
    data: { words },
    query_string: words,
    cookies: { words },
    headers: { words },
  },
  extra: { words },
  tags: { words },
  breadcrumbs: [{ message: words, data: { words } }],
  contexts: { custom: { words }, trace: { trace_id: words, span_id: words, data: { words } } },
  fingerprint: [words],
  modules: { words },
  exception: {
    values: [
      {
        type: words,
        value: words,
        mechanism: { type: words, data: { words } },
        stacktrace: {
          frames: [
            {
              filename: `${process.cwd()}/dist/src/x.js`,
              function: 'Store.find',
              lineno: 3,
              colno: 7,
              vars: { words },
              context_line: words,
              pre_context: [words],
              post_context: [words],
              module_metadata: { words },
            },
          ],
        },
      },
    ],
  },
});

/** As if thrown at that place of the build. */
const thrownAt = (error: Error): Error => {
  error.stack = `${error.name}: ${error.message}\n    at Store.find (${process.cwd()}/dist/src/x.js:3:7)`;
  return error;
};

describe('an event for Sentry', () => {
  const send = (error: unknown, one: Report = report(), words = 'planted') =>
    allowedError(filled(words), { originalException: error, data: { report: one } }, ORIGIN);

  it('says what happened where, in which request, of which release', () => {
    const facts = { method: 'GET', route: '/v1/devices/:deviceId', status: 500, principal: USER };
    const error = thrownAt(new SafeError('the key is gone'));
    expect(send(error, report(facts))).toEqual({
      type: undefined,
      event_id: 'a'.repeat(32),
      timestamp: 1,
      platform: 'node',
      level: 'error',
      environment: 'prod',
      release: 'r1',
      transaction: 'GET /v1/devices/:deviceId',
      user: { id: USER },
      tags: {
        method: 'GET',
        route: '/v1/devices/:deviceId',
        status: '500',
        mode: 'web',
        stage: 'prod',
        correlationId: '3f8b8d9e-7f5e-4c55-9f4c-0d1f0d6a3b11',
      },
      exception: {
        values: [
          {
            type: 'SafeError',
            value: 'SafeError: the key is gone',
            stacktrace: {
              frames: [{ filename: 'dist/src/x.js', function: 'Store.find', lineno: 3, colno: 7 }],
            },
          },
        ],
      },
      contexts: { trace: { trace_id: '3f8b8d9e7f5e4c559f4c0d1f0d6a3b11', span_id: 'a'.repeat(16) } },
    });
  });

  it('has nothing of what an SDK may gather, nor of the words of an error that is not ours', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(Error, TypeError, RangeError), (more, Kind) => {
        const words = `planted${more}`;
        const error = Object.assign(new Kind(words), { code: words, detail: words, name: words });
        expect(JSON.stringify(send(error, report(), words))).not.toContain('planted');
        expect(JSON.stringify(send(words, report(), words))).not.toContain('planted');
      }),
    );
  });

  it.each(['ada@example.com', '+49 170 1234567', 'Ada Lovelace', '/v1/me?email=x', 'a\nb', '"'])(
    'has no fact that somebody may have written: %j',
    (words) => {
      const facts = { route: words, messageType: words, queue: words, schedule: words, principal: words };
      const event = send(new NotFound(), report(facts));
      expect(Object.values(event?.tags ?? {})).not.toContain(words);
      expect(event?.user).toBeUndefined();
    },
  );

  it('is none when it was not made by us', () => {
    expect(allowedError(filled('planted'), { originalException: new Error('planted') }, ORIGIN)).toBeNull();
    expect(allowedError(filled('planted'), {}, ORIGIN)).toBeNull();
  });

  it('is a span without what the SDK knows of it', () => {
    const span = { traceId: 'b'.repeat(32), spanId: 'c'.repeat(16), parentSpanId: undefined, startedAt: 500 };
    const spanReport: SpanReport = {
      ...report({ messageType: 'mail.send' }),
      span,
      op: 'queue.process',
      ok: true,
    };
    const event = { ...filled('planted'), type: 'transaction' as const, spans: [] };
    const sent = allowedTransaction(event, { data: { report: spanReport } }, ORIGIN);
    expect(JSON.stringify(sent)).not.toContain('planted');
    expect(sent).toMatchObject({
      type: 'transaction',
      transaction: 'mail.send',
      start_timestamp: 0.5,
      timestamp: 1,
      contexts: { trace: { trace_id: 'b'.repeat(32), span_id: 'c'.repeat(16), op: 'queue.process' } },
    });
  });
});
