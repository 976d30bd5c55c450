import type { ErrorEvent, EventHint, NodeOptions, StackFrame } from '@sentry/nestjs';
import { describeReason, errorType, framesOf } from '../logging/log-format';
import type { Report, SpanReport } from './report';
import { placeOf } from './trace-ids';

type TransactionEvent = Parameters<NonNullable<NodeOptions['beforeSendTransaction']>>[0];

/** Names, ids, patterns of routes and numbers: nothing that a person would write. */
const PLAIN = /^[\w./:{}*-]{1,200}$/;
const OPAQUE_ID = /^(user|api_key):[\w-]{8,64}$/;

/** Said by every event of this process. */
export interface Origin {
  readonly mode: string;
  readonly stage: string;
  readonly release: string;
}

/** What is sent rides through the SDK in the hint: the event that the SDK made is only asked for the stack. */
export interface Carried {
  readonly report: Report;
}

/**
 * Builds an event anew from what may leave us, and from nothing else: whatever the SDK, an integration or a later
 * release of it adds (request, headers, cookies, query, IP address, body, user, local variables, source lines,
 * breadcrumbs, extra) is not taken over, because nothing is taken over.
 */
export function allowedError(event: ErrorEvent, hint: EventHint, origin: Origin): ErrorEvent | null {
  const report = reportIn(hint);
  if (report === undefined) return null;
  const error = hint.originalException;
  return {
    ...identity(event, report, origin),
    type: undefined,
    level: report.level,
    exception: {
      values: [
        {
          type: errorType(error),
          value: describeReason(error),
          stacktrace: { frames: framesIn(event, error).map(allowedFrame) },
        },
      ],
    },
    contexts: { trace: { ...traceOf(report), span_id: newest(event) } },
  };
}

/** The same for a span of ours. */
export function allowedTransaction(
  event: TransactionEvent,
  hint: EventHint,
  origin: Origin,
): TransactionEvent | null {
  const report = reportIn(hint);
  if (report === undefined || !isSpanReport(report)) return null;
  const { span, op, ok } = report;
  return {
    ...identity(event, report, origin),
    type: 'transaction',
    start_timestamp: span.startedAt / 1_000,
    spans: [],
    contexts: {
      trace: {
        trace_id: span.traceId,
        span_id: span.spanId,
        ...(span.parentSpanId !== undefined && { parent_span_id: span.parentSpanId }),
        op,
        status: ok ? 'ok' : 'internal_error',
      },
    },
  };
}

function identity(event: { event_id?: string }, report: Report, { mode, stage, release }: Origin) {
  const { principal, ...facts } = report.facts;
  const tags = plainTags({ ...facts, mode, stage, correlationId: report.correlationId });
  return {
    ...(event.event_id !== undefined && { event_id: event.event_id }),
    timestamp: report.at / 1_000,
    platform: 'node',
    environment: stage,
    release,
    transaction: nameOf(tags),
    tags,
    ...(principal !== undefined && OPAQUE_ID.test(principal) && { user: { id: principal } }),
  };
}

const nameOf = ({ method, route, messageType, job, schedule }: Record<string, string>): string =>
  route === undefined ? (messageType ?? job ?? schedule ?? 'process') : `${method ?? ''} ${route}`.trim();

function plainTags(facts: Readonly<Record<string, string | number | undefined>>): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(facts)) {
    if (value !== undefined && PLAIN.test(String(value))) plain[name] = String(value);
  }
  return plain;
}

/** The SDK takes a message for frames when it looks like some: only those that the log would show are kept. */
function framesIn(event: ErrorEvent, error: unknown): StackFrame[] {
  const places = error instanceof Error ? framesOf(error).join('\n') : '';
  const frames = event.exception?.values?.at(-1)?.stacktrace?.frames ?? [];
  return frames.filter(({ filename, lineno }) => places.includes(`${filename}:${lineno}:`));
}

/** Where in the code; never what stood in the variables there, nor the lines around. */
function allowedFrame({ filename, function: name, lineno, colno, in_app }: StackFrame): StackFrame {
  return {
    ...(filename !== undefined && { filename: fileIn(filename) }),
    ...(name !== undefined && { function: name }),
    ...(lineno !== undefined && { lineno }),
    ...(colno !== undefined && { colno }),
    ...(in_app !== undefined && { in_app }),
  };
}

/** Without the folders of this machine. */
const fileIn = (filename: string): string =>
  filename.replace(/^.*\/node_modules\//, 'node_modules/').replace(`${process.cwd()}/`, '');

function traceOf({ correlationId, trace }: Report) {
  const { traceId, parentSpanId } = placeOf(correlationId, trace);
  return { trace_id: traceId, ...(parentSpanId !== undefined && { parent_span_id: parentSpanId }) };
}

/** Sentry wants a span's id beside the trace's; half of the event's own is as good as any. */
const newest = (event: ErrorEvent): string => (event.event_id ?? '').slice(0, 16).padEnd(16, '0');

function reportIn(hint: EventHint): Report | undefined {
  const carried: Carried | undefined = hint.data;
  return carried?.report;
}

const isSpanReport = (report: Report): report is SpanReport => 'span' in report;
