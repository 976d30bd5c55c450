import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';

/** Trace headers of whoever called, as far as they are well formed; they travel with all that the call causes. */
export interface TraceHeaders {
  /** https://www.w3.org/TR/trace-context/#traceparent-header */
  readonly traceparent?: string | undefined;
  /** https://develop.sentry.dev/sdk/telemetry/traces/#header-sentry-trace */
  readonly sentryTrace?: string | undefined;
  /** Only Sentry's own members of https://www.w3.org/TR/baggage/ */
  readonly baggage?: string | undefined;
}

/** Where a request comes from; for the audit, never for a log line. */
export interface RequestOrigin {
  readonly address: string;
  /** Of whoever is signed in, once that is known. */
  readonly deviceId: string | undefined;
}

/** What follows one request or one message through everything it causes. */
export interface RequestContext {
  readonly correlationId: string;
  readonly trace?: TraceHeaders | undefined;
  /** Asked only when something is audited: most requests are not. */
  readonly origin?: () => RequestOrigin;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** For what no request and no message caused: the start, the end, and what goes on between. One id a process. */
const OF_THE_PROCESS = randomUUID();

/** Runs `work` so that every log line, outbox row and provider call below carries the context. */
export const runInContext = <T>(context: RequestContext, work: () => T): T =>
  // entering it once more would copy what it is kept in
  storage.getStore() === context ? work() : storage.run(context, work);

export const currentContext = (): RequestContext | undefined => storage.getStore();

/** The id of what is being worked on, or of this process. */
export const currentCorrelationId = (): string => storage.getStore()?.correlationId ?? OF_THE_PROCESS;
