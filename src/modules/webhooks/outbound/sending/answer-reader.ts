import type { Dispatcher } from 'undici';
import { AddressRefused } from '../../../../platform/outbound/guarded-connector';
import type { SendingProblem, WebhookAnswer } from './webhook-sender';

const EXCERPT_BYTES = 1_024;
/** Nobody needs to say more: the connection is given up. */
const MOST_BYTES = 65_536;

type Controller = Dispatcher.DispatchController;

class GivenUp extends Error {}

/** Reads one answer as far as it is of interest. Without the streams of `request()`, which cost more than signing. */
export class AnswerReader implements Dispatcher.DispatchHandler {
  private readonly startedAt = performance.now();
  private readonly chunks: Buffer[] = [];
  private bytes = 0;
  private status: number | undefined;
  private retryAfter: string | undefined;
  private controller: Controller | undefined;
  private over = false;

  constructor(private readonly done: (answer: WebhookAnswer) => void) {}

  /** Whatever has come until now is the answer. */
  end(problem: SendingProblem): void {
    this.conclude(problem);
    this.controller?.abort(new GivenUp());
  }

  onRequestStart(controller: Controller): void {
    this.controller = controller;
    // it waited for a connection, and nobody waits for it any more
    if (this.over) controller.abort(new GivenUp());
  }

  onResponseStart(_controller: Controller, status: number, headers: Record<string, unknown>): void {
    this.status = status;
    const { 'retry-after': retryAfter } = headers;
    if (typeof retryAfter === 'string') this.retryAfter = retryAfter;
  }

  onResponseData(controller: Controller, chunk: Buffer): void {
    if (this.bytes < EXCERPT_BYTES) this.chunks.push(chunk.subarray(0, EXCERPT_BYTES - this.bytes));
    this.bytes += chunk.length;
    if (this.bytes <= MOST_BYTES) return;
    this.conclude(undefined);
    controller.abort(new GivenUp());
  }

  onResponseEnd(): void {
    this.conclude(undefined);
  }

  onResponseError(_controller: Controller, error: Error): void {
    this.conclude(error instanceof AddressRefused ? 'address_refused' : 'unreachable');
  }

  private conclude(problem: SendingProblem | undefined): void {
    if (this.over) return;
    this.over = true;
    const { status, retryAfter, chunks } = this;
    this.done({
      status,
      // a status is an answer, even if its body never ends
      problem: status === undefined ? (problem ?? 'unreachable') : undefined,
      latencyMs: Math.round(performance.now() - this.startedAt),
      excerpt: chunks.length > 0 ? Buffer.concat(chunks) : undefined,
      retryAfter,
    });
  }
}
