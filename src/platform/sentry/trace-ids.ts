import { randomBytes } from 'node:crypto';
import type { TraceHeaders } from '../../shared/request-context';
import type { Span } from './report';

const SPAN_BYTES = 8;

interface Place {
  readonly traceId: string;
  readonly parentSpanId: string | undefined;
}

/**
 * Where in which trace something happened. Without a trace of the caller's the correlation id is the trace's id: a
 * UUID v4 without its dashes is one, so web and worker meet in the same trace although nobody carries more than that.
 */
export function placeOf(correlationId: string, trace: TraceHeaders | undefined): Place {
  const [sentryTraceId, sentrySpanId] = trace?.sentryTrace?.split('-') ?? [];
  if (sentryTraceId !== undefined) return { traceId: sentryTraceId, parentSpanId: sentrySpanId };
  const [, traceId, parentSpanId] = trace?.traceparent?.split('-') ?? [];
  if (traceId !== undefined) return { traceId, parentSpanId };
  return { traceId: correlationId.replaceAll('-', '').toLowerCase(), parentSpanId: undefined };
}

/**
 * Whether a trace is among the sampled ones. The trace's own id decides, so that web and worker agree, and a caller
 * who asks for it gets no more than its share.
 * @param rate 0 to 1
 */
export function isSampled(traceId: string, rate: number): boolean {
  return Number.parseInt(traceId.slice(-8), 16) / 2 ** 32 < rate;
}

export function beginSpan({ traceId, parentSpanId }: Place): Span {
  return { traceId, parentSpanId, spanId: randomBytes(SPAN_BYTES).toString('hex'), startedAt: Date.now() };
}

/** What goes on with whatever this span causes. */
export function headersBelow({ traceId, spanId }: Span, given: TraceHeaders | undefined): TraceHeaders {
  return {
    traceparent: `00-${traceId}-${spanId}-01`,
    sentryTrace: `${traceId}-${spanId}-1`,
    baggage: given?.baggage,
  };
}
