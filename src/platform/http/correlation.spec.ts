import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { correlationIdOf, traceOf } from './correlation';

const UUID_V4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

describe('correlation', () => {
  const of = (id: string | string[] | undefined) =>
    correlationIdOf({ headers: id === undefined ? {} : { 'x-request-id': id } });

  it('keeps a UUID v4 as it was sent', () => {
    fc.assert(fc.property(fc.uuid({ version: 4 }), (id) => expect(of(id)).toBe(id)));
    const shouted = randomUUID().toUpperCase();
    expect(of(shouted)).toBe(shouted);
  });

  it('makes a UUID v4 of anything else', () => {
    const others = fc.oneof(
      fc.string(),
      fc.uuid({ version: 7 }),
      fc.uuid({ version: 1 }),
      fc.constant(undefined),
    );
    fc.assert(
      fc.property(others, (id) => {
        expect(of(id)).toMatch(UUID_V4);
        expect(of(id)).not.toBe(id);
      }),
    );
    expect(of([randomUUID(), randomUUID()])).toMatch(UUID_V4);
  });

  const trace = (traceparent: string) => traceOf({ headers: { traceparent } }).traceparent;

  it('takes a traceparent as W3C writes it', () => {
    const good = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    expect(trace(good)).toBe(good);
  });

  it.each([
    '',
    '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
    '00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01',
    '01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    '00-4BF92F3577B34DA6A3CE929D0E0E4736-00F067AA0BA902B7-01',
    '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\nx: y',
  ])('takes nothing else: %j', (traceparent) => {
    expect(trace(traceparent)).toBeUndefined();
  });

  const SENTRY = '4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7';

  it.each([SENTRY, `${SENTRY}-0`, `${SENTRY}-1`])('takes Sentry’s own header: %s', (given) => {
    expect(traceOf({ headers: { 'sentry-trace': given } }).sentryTrace).toBe(given);
  });

  it.each(['', '0', `${SENTRY}-2`, `${SENTRY.toUpperCase()}-1`, `${'0'.repeat(32)}-00f067aa0ba902b7`])(
    'and nothing else: %j',
    (given) => {
      expect(traceOf({ headers: { 'sentry-trace': given } }).sentryTrace).toBeUndefined();
    },
  );

  const baggage = (given: string) => traceOf({ headers: { 'sentry-trace': SENTRY, baggage: given } }).baggage;

  it('keeps of the baggage what can hold nothing but numbers', () => {
    const good = `sentry-trace_id=${'a'.repeat(32)},sentry-sampled=true,sentry-sample_rate=0.25`;
    expect(baggage(good)).toBe(good);
    expect(baggage(`user=planted, ${good} ,sentry-user_segment=planted,sentry-release=planted@1`)).toBe(good);
  });

  it('and lets nothing through that somebody wrote', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), (name, value) => {
        expect(baggage(`sentry-${name}=planted${value}`) ?? '').not.toContain('planted');
        expect(baggage(`sentry-sample_rate=planted${value}`) ?? '').not.toContain('planted');
      }),
    );
    expect(baggage('x'.repeat(10_000))).toBeUndefined();
  });

  it('has no trace where none was sent', () => {
    expect(traceOf({ headers: { baggage: 'sentry-sampled=true' } })).toEqual({});
  });
});
