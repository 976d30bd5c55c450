import { DomainError } from '../../shared/domain-error';
import { currentContext, currentCorrelationId, type TraceHeaders } from '../../shared/request-context';
import { errorType } from '../logging/log-format';
import { count } from '../telemetry/meter';
import type { Origin } from './allowed-event';
import type { Report, ReportFacts, Span, SpanReport } from './report';
import { ReportBudget } from './report-budget';
import { SentryClient } from './sentry-client';
import { beginSpan, isSampled, placeOf } from './trace-ids';

/** Reports that wait for the SDK to be loaded. */
const MOST_WAITING = 50;

export interface SentryOptions extends Origin {
  readonly dsn: string;
  /** The share of traces that are sent, 0 to 1. */
  readonly tracesSampleRate: number;
}

/** Takes reports from the first moment, and loads the SDK when there is one to send: most processes never need it. */
export class SentryReports {
  private readonly budget = new ReportBudget();
  private readonly spanBudget = new ReportBudget();
  private loading: Promise<SentryClient | undefined> | undefined;
  private waiting = 0;

  constructor(private readonly options: SentryOptions) {}

  /** Never throws and never waits. What was expected is nobody's business there. */
  error(error: unknown, facts: ReportFacts, level: Report['level'] = 'error'): void {
    if (error instanceof DomainError && error.kind !== 'internal') return;
    const kind = `${errorType(error)} ${placeIn(error)}`;
    const report = { ...now(), facts, level };
    this.send(this.budget.take(kind, performance.now()), (client) => client.error(error, report));
  }

  /** Begins a span where its trace is sampled. */
  begin(correlationId: string, trace: TraceHeaders | undefined): Span | undefined {
    if (this.options.tracesSampleRate === 0) return undefined;
    const place = placeOf(correlationId, trace);
    return isSampled(place.traceId, this.options.tracesSampleRate) ? beginSpan(place) : undefined;
  }

  end(span: Span, op: SpanReport['op'], facts: ReportFacts, ok: boolean): void {
    const report = { ...now(), facts, level: 'error', span, op, ok } as const;
    const kind = `${facts.method ?? ''} ${facts.route ?? facts.messageType ?? ''}`;
    this.send(this.spanBudget.take(kind, performance.now()), (client) => client.span(report));
  }

  /** Loads the SDK now: where traces are sampled the first request needs it. */
  async load(): Promise<void> {
    await this.client();
  }

  /** Waits until everything is sent, but no longer than this. */
  async close(mostMs: number): Promise<void> {
    if (this.loading === undefined) return;
    const client = await this.loading;
    await client?.close(mostMs);
  }

  private send(granted: boolean, give: (client: SentryClient) => void): void {
    const taken = granted && this.waiting < MOST_WAITING;
    count('loopin_sentry_reports_total', { outcome: taken ? 'taken' : 'dropped' });
    if (!taken) return;
    this.waiting += 1;
    void this.client()
      .then((client) => client && give(client))
      // a report that can't be made must not become the next error
      .catch(() => undefined)
      .finally(() => {
        this.waiting -= 1;
      });
  }

  /** Undefined when the SDK can't be loaded, which must stop nothing else. */
  private client(): Promise<SentryClient | undefined> {
    this.loading ??= SentryClient.load(this.options.dsn, this.options).catch(() => undefined);
    return this.loading;
  }
}

const now = () => ({
  correlationId: currentCorrelationId(),
  trace: currentContext()?.trace,
  at: Date.now(),
});

/** The innermost frame of its stack: the same error at another place is another problem. */
function placeIn(error: unknown): string {
  const stack = error instanceof Error ? error.stack : undefined;
  return stack?.split('\n').find((line) => /^\s+at /.test(line)) ?? '';
}
