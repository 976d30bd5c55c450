import type { TraceHeaders } from '../../shared/request-context';
import type { ReportFacts, Span, SpanReport } from './report';
import { type SentryOptions, SentryReports } from './sentry-reports';

/** Of this process, like its log: undefined costs one look at a variable. */
let reports: SentryReports | undefined;

/** Called once, before anything that may fail. Without a DSN nothing is reported, nor loaded. */
export function startReporting(options: Omit<SentryOptions, 'dsn'> & { dsn: string | undefined }): void {
  const { dsn } = options;
  reports = dsn === undefined ? undefined : new SentryReports({ ...options, dsn });
}

/** Tells Sentry of an error that nobody expected. Never throws and never waits; expected ones are left out. */
export function reportError(error: unknown, facts: ReportFacts, level?: 'error' | 'fatal'): void {
  reports?.error(error, facts, level);
}

/** Begins a span where the trace is sampled; `endSpan` has to follow. */
export const startSpan = (correlationId: string, trace: TraceHeaders | undefined): Span | undefined =>
  reports?.begin(correlationId, trace);

export function endSpan(span: Span | undefined, op: SpanReport['op'], facts: ReportFacts, ok: boolean): void {
  if (span !== undefined) reports?.end(span, op, facts, ok);
}

/** Loads what is needed to report before there is anything. Nothing where nothing is reported. */
export async function prepareReporting(): Promise<void> {
  await reports?.load();
}

/** Waits until all reports are sent, but no longer than this. */
export async function endReporting(mostMs: number): Promise<void> {
  await reports?.close(mostMs);
}
