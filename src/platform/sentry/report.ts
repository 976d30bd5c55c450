import type { TraceHeaders } from '../../shared/request-context';

/** What a report may say beside the error: each a name from a list of ours, an id, or a number. */
export interface ReportFacts {
  readonly method?: string | undefined;
  /** The pattern, never the path. */
  readonly route?: string | undefined;
  readonly status?: number | undefined;
  readonly queue?: string | undefined;
  readonly messageType?: string | undefined;
  readonly attempt?: number | undefined;
  /** The name of a job. */
  readonly job?: string | undefined;
  /** Of a loop or a schedule. */
  readonly schedule?: string | undefined;
  /** Opaque: the id of the person or of the API key. */
  readonly principal?: string | undefined;
}

/** Our own part of a trace: one request, or one message. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/** An error and where it happened, or a span that is over. */
export interface Report {
  readonly correlationId: string;
  readonly trace: TraceHeaders | undefined;
  readonly facts: ReportFacts;
  /** Milliseconds since the epoch: it may be sent later. */
  readonly at: number;
  readonly level: 'error' | 'fatal';
}

export interface SpanReport extends Report {
  readonly span: Span;
  readonly op: 'http.server' | 'queue.process';
  readonly ok: boolean;
}
