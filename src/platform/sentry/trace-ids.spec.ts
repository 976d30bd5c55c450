import { randomUUID } from 'node:crypto';
import { beginSpan, headersBelow, isSampled, placeOf } from './trace-ids';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const ID = '3F8B8D9E-7f5e-4c55-9f4c-0d1f0d6a3b11';

describe('the trace that something belongs to', () => {
  it('is the caller’s', () => {
    const place = { traceId: TRACE, parentSpanId: SPAN };
    expect(placeOf(ID, { traceparent: `00-${TRACE}-${SPAN}-01` })).toEqual(place);
    expect(placeOf(ID, { sentryTrace: `${TRACE}-${SPAN}-1` })).toEqual(place);
    expect(
      placeOf(ID, { sentryTrace: `${TRACE}-${SPAN}`, traceparent: `00-${'1'.repeat(32)}-${SPAN}-01` }),
    ).toEqual(place);
  });

  it('else has the correlation id for its own', () => {
    const traceId = '3f8b8d9e7f5e4c559f4c0d1f0d6a3b11';
    expect(placeOf(ID, undefined)).toEqual({ traceId, parentSpanId: undefined });
    expect(placeOf(ID, {})).toEqual({ traceId, parentSpanId: undefined });
  });

  it('is sampled by its id alone, so that everybody on its way decides alike', () => {
    const ids = Array.from({ length: 4_000 }, () => randomUUID().replaceAll('-', ''));
    const share = (rate: number) => ids.filter((id) => isSampled(id, rate)).length / ids.length;
    expect(share(0)).toBe(0);
    expect(share(1)).toBe(1);
    expect(share(0.25)).toBeGreaterThan(0.2);
    expect(share(0.25)).toBeLessThan(0.3);
  });

  it('goes on below our own span', () => {
    const span = beginSpan({ traceId: TRACE, parentSpanId: SPAN });
    expect(span.spanId).toMatch(/^[0-9a-f]{16}$/);
    const below = headersBelow(span, { baggage: 'sentry-sampled=true' });
    expect(below).toEqual({
      traceparent: `00-${TRACE}-${span.spanId}-01`,
      sentryTrace: `${TRACE}-${span.spanId}-1`,
      baggage: 'sentry-sampled=true',
    });
    expect(placeOf(ID, below)).toEqual({ traceId: TRACE, parentSpanId: span.spanId });
  });
});
