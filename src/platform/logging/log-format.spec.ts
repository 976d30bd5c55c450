import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import pino from 'pino';
import { currentCorrelationId, runInContext } from '../../shared/request-context';
import { TryAgainLater } from '../sqs/message-handlers';
import { describeReason, logFormat } from './log-format';

/** The one line that `write` logs. */
function logged(write: (logger: pino.Logger) => void): { text: string; line: Record<string, unknown> } {
  const lines: string[] = [];
  const config = { level: 'info', mode: 'web', stage: 'local', release: 'r1' };
  write(pino(logFormat(config), { write: (text) => lines.push(text) }));
  expect(lines).toHaveLength(1);
  const [text = ''] = lines;
  return { text, line: JSON.parse(text) as Record<string, unknown> };
}

describe('a log line', () => {
  it('says where it comes from, when, and what happened', () => {
    const { line } = logged((logger) => logger.info({ status: 200 }, 'request'));
    expect(line).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      mode: 'web',
      stage: 'local',
      release: 'r1',
      correlationId: currentCorrelationId(),
      message: 'request',
      status: 200,
    });
  });

  it('carries the correlation id of what is being done', () => {
    const correlationId = randomUUID();
    const { line } = logged((logger) => runInContext({ correlationId }, () => logger.info('x')));
    expect(line.correlationId).toBe(correlationId);
  });

  it('drops every field that nobody allowed', () => {
    const fields = fc.dictionary(fc.string({ minLength: 1 }), fc.string({ minLength: 8 }), { minKeys: 1 });
    fc.assert(
      fc.property(fields, (given) => {
        const marked = Object.fromEntries(
          Object.entries(given).map(([name, value]) => [`x-${name}`, `planted${value}`]),
        );
        expect(logged((logger) => logger.info(marked, 'x')).text).not.toContain('planted');
      }),
    );
  });

  it.each([
    'email',
    'password',
    'token',
    'authorization',
    'headers',
    'body',
    'url',
    'query',
    'req',
    'res',
    'code_',
  ])('has no field %s', (name) => {
    expect(logged((logger) => logger.info({ [name]: 'planted' }, 'x')).text).not.toContain('planted');
  });

  it('tells of an error its type, code and place, never what it quotes', () => {
    const error = Object.assign(
      new TypeError(`duplicate key "planted@example.com" for 'planted' at planted@example.com`),
      {
        code: '23505',
        detail: 'Key (email)=(planted@example.com) already exists.',
        parameters: ['planted'],
        cause: new Error('planted'),
      },
    );
    const { text, line } = logged((logger) => logger.error({ err: error }, 'failed'));
    expect(text).not.toContain('planted');
    expect(line.err).toMatchObject({
      type: 'TypeError',
      code: '23505',
    });
    expect((line.err as { stack: string }).stack).toContain('log-format.spec');
  });
});

describe('the place of an error', () => {
  const placeOf = (error: Error) =>
    String((logged((logger) => logger.error({ err: error }, 'x')).line.err as { stack: string }).stack);

  it('is told without words that look like one', () => {
    const words = 'no\n    at planted (/home/planted.js:1:1)\n    at planted';
    expect(placeOf(new Error(words))).not.toContain('planted');
    expect(placeOf(new Error(words))).toContain('log-format.spec');
    const changed = new Error('    at planted@example.com:1:1\n    at planted');
    changed.message = 'something else';
    expect(placeOf(changed)).not.toContain('planted');
    expect(placeOf(changed)).toContain('log-format.spec');
  });
});

describe('the reason of a failure', () => {
  it('is told in words that are ours', () => {
    expect(describeReason(new TryAgainLater('not there yet', 5))).toBe('TryAgainLater: not there yet');
  });

  it('never holds the words of anybody else’s error, whatever they are', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }),
        fc.constantFrom(Error, TypeError, RangeError),
        (words, Kind) => {
          const planted = `planted ${words}`;
          const error = new Kind(planted);
          expect(describeReason(error)).toBe(error.name);
          expect(logged((logger) => logger.error({ err: error }, 'failed')).text).not.toContain('planted');
        },
      ),
    );
  });

  it('keeps the code', () => {
    expect(describeReason(Object.assign(new Error('planted'), { code: 'ECONNREFUSED' }))).toBe(
      'Error: ECONNREFUSED',
    );
    expect(describeReason('planted')).toBe('unknown');
  });
});
