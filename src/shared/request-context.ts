import { AsyncLocalStorage } from 'node:async_hooks';

/** What follows one request or one message through everything it causes. */
export interface RequestContext {
  readonly correlationId: string;
  readonly traceparent?: string | undefined;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Runs `work` so that every log line, outbox row and provider call below carries the context. */
export const runInContext = <T>(context: RequestContext, work: () => T): T => storage.run(context, work);

export const currentContext = (): RequestContext | undefined => storage.getStore();
