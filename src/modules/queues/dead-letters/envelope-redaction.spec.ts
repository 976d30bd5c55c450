import { randomUUID } from 'node:crypto';
import { redactEnvelope } from './envelope-redaction';
import { readLetter } from './letter-body';

const envelope = {
  id: randomUUID(),
  type: 'push.deliver-chunk',
  version: 1,
  correlationId: randomUUID(),
  occurredAt: '2026-11-20T08:00:00.000Z',
  payload: {},
};

describe('the envelope of a dead letter', () => {
  it('shows ids, counts, times and flags', () => {
    const payload = {
      notificationId: randomUUID(),
      chunk: 12,
      at: '2026-11-20T08:00:00Z',
      final: true,
      none: null,
      ids: [randomUUID()],
    };
    expect(redactEnvelope({ ...envelope, payload })).toEqual({ ...envelope, payload });
  });

  it.each([
    ['words', 'Jenny'],
    ['an address', 'jenny@example.com'],
    ['a telephone number', 15_550_100],
    ['an id in a text', `of ${randomUUID()}`],
  ])('hides %s, however deep', (_, value) => {
    expect(redactEnvelope({ ...envelope, payload: { a: [{ b: value }] } })).toMatchObject({
      payload: { a: [{ b: '[hidden]' }] },
    });
  });

  it('hides names that are no names, and a traceparent that is none', () => {
    const shown = redactEnvelope({ ...envelope, traceparent: 'jenny', payload: { 'jenny@example.com': 1 } });
    expect(shown).toEqual({ ...envelope, payload: { '[hidden name 1]': 1 } });
  });

  it('is none when its type may be anything', () => {
    expect(readLetter(JSON.stringify(envelope))).toEqual(envelope);
    expect(readLetter(JSON.stringify({ ...envelope, type: 'mail to jenny@example.com' }))).toBeUndefined();
    expect(readLetter('{}')).toBeUndefined();
    expect(readLetter('not JSON')).toBeUndefined();
  });
});
