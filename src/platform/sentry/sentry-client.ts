import { setImmediate as nextTurn } from 'node:timers/promises';
import type { NodeClient } from '@sentry/nestjs';
import { allowedError, allowedTransaction, type Carried, type Origin } from './allowed-event';
import type { Report, SpanReport } from './report';

/** Events on their way; what comes while so many wait for an answer is dropped. */
const MOST_IN_FLIGHT = 20;

/**
 * Sentry's SDK with everything off that looks around by itself: no integration reads requests, variables, source
 * lines or the console, and no OpenTelemetry wraps anything. It parses stacks, keeps to Sentry's rate limits and sends.
 */
export class SentryClient {
  private constructor(
    private readonly sdk: typeof import('@sentry/nestjs'),
    private readonly client: NodeClient | undefined,
  ) {}

  /**
   * Loads the SDK: 0.2 s of the main thread and some 20 MB, once, which is why nobody does it before it is needed. The
   * answer to the request that failed goes out first.
   */
  static async load(dsn: string, origin: Origin): Promise<SentryClient> {
    await nextTurn();
    const sdk = await import('@sentry/nestjs');
    const client = sdk.init({
      dsn,
      release: origin.release,
      environment: origin.stage,
      defaultIntegrations: false,
      integrations: [],
      skipOpenTelemetrySetup: true,
      registerEsmLoaderHooks: false,
      sendDefaultPii: false,
      sendClientReports: false,
      maxBreadcrumbs: 0,
      transportOptions: { bufferSize: MOST_IN_FLIGHT },
      beforeBreadcrumb: () => null,
      beforeSend: (event, hint) => allowedError(event, hint, origin),
      beforeSendTransaction: (event, hint) => allowedTransaction(event, hint, origin),
    });
    return new SentryClient(sdk, client);
  }

  error(error: unknown, report: Report): void {
    const data: Carried = { report };
    this.sdk.captureException(error, { data });
  }

  span(report: SpanReport): void {
    const data: Carried = { report };
    const times = { start_timestamp: report.span.startedAt / 1_000, timestamp: report.at / 1_000 };
    this.client?.captureEvent({ type: 'transaction', ...times }, { data });
  }

  /** Waits until everything is sent, but no longer than this. */
  async close(mostMs: number): Promise<void> {
    await this.sdk.close(mostMs);
  }
}
