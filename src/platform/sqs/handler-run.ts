import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../shared/clock';
import { type QueueName, traceOfEnvelope } from '../../shared/message';
import { runInContext } from '../../shared/request-context';
import { describeReason } from '../logging/log-format';
import type { Span } from '../sentry/report';
import { endSpan, reportError, startSpan } from '../sentry/reporting';
import { headersBelow } from '../sentry/trace-ids';
import { observe } from '../telemetry/meter';
import { countEvent, type SloName } from '../telemetry/slo';
import { backOffSeconds } from './back-off';
import type { Delivery } from './delivery';
import { MessageHandlers, MessageRefused, NotYet, TryAgainLater } from './message-handlers';

export interface Failure {
  readonly reason: string;
  readonly code: string;
  readonly delaySeconds: number;
  /** Asked for by the handler: the message waits in the outbox and costs no receive. */
  readonly expected: boolean;
}

interface Run {
  readonly queue: QueueName;
  readonly delivery: Delivery;
  readonly attempt: number;
  /** Undefined when the handler came to its end. */
  readonly thrown: { readonly error: unknown } | undefined;
  readonly durationMs: number;
}

/** Which promise a queue's messages are counted for. */
const SLO_OF: Readonly<Record<QueueName, SloName>> = {
  'push-notifications': 'push',
  'webhook-events': 'jobs',
  'background-jobs': 'jobs',
};

/** One attempt at one message, in the context of the request that caused it, with all that is told of it. */
@Injectable()
export class HandlerRun {
  private readonly logger = new Logger('QueueDispatcher');

  constructor(
    private readonly handlers: MessageHandlers,
    private readonly clock: Clock,
  ) {}

  /** @returns undefined when the message is done; it never rejects */
  async run(queue: QueueName, delivery: Delivery, attempt: number): Promise<Failure | undefined> {
    const { envelope } = delivery;
    const { correlationId } = envelope;
    const given = traceOfEnvelope(envelope);
    const span = startSpan(correlationId, given);
    const trace = span === undefined ? given : headersBelow(span, given);
    return runInContext({ correlationId, trace }, async () => {
      if (attempt === 1) this.observeLag(queue, envelope.occurredAt);
      const started = performance.now();
      const thrown = await this.attempt(queue, delivery, attempt);
      const run = { queue, delivery, attempt, thrown, durationMs: Math.round(performance.now() - started) };
      return this.tell(run, span);
    });
  }

  /** In the log, in numbers, and to Sentry. */
  private tell({ queue, delivery, attempt, thrown, durationMs }: Run, span: Span | undefined) {
    const { id: messageId, type: messageType } = delivery.envelope;
    const failure = thrown && toFailure(thrown.error, delivery.receives);
    const outcome = failure === undefined ? 'done' : failure.expected ? 'postponed' : 'failed';
    this.log({ queue, messageId, messageType, attempt, durationMs }, failure, thrown?.error);
    observe('loopin_message_seconds', { queue, type: messageType, outcome }, durationMs / 1_000);
    if (!(thrown?.error instanceof NotYet)) countEvent(SLO_OF[queue], failure === undefined);
    const facts = { queue, messageType, attempt };
    if (outcome === 'failed') reportError(thrown?.error, facts);
    endSpan(span, 'queue.process', facts, outcome !== 'failed');
    return failure;
  }

  private async attempt(
    queue: QueueName,
    { envelope }: Delivery,
    attempt: number,
  ): Promise<{ error: unknown } | undefined> {
    try {
      await this.handlers.handle(envelope, { messageId: envelope.id, attempt }, queue);
      return undefined;
    } catch (error) {
      return { error };
    }
  }

  private log(facts: Readonly<Record<string, unknown>>, failure: Failure | undefined, err: unknown): void {
    if (failure === undefined) this.logger.log(facts, 'message handled');
    else if (failure.expected) {
      const { delaySeconds, reason } = failure;
      this.logger.log({ ...facts, delaySeconds, reason }, 'message postponed');
    } else this.logger.error({ ...facts, delaySeconds: failure.delaySeconds, err }, 'message failed');
  }

  private observeLag(queue: QueueName, occurredAt: string): void {
    const lagMs = Math.max(0, this.clock.now().getTime() - Date.parse(occurredAt));
    observe('loopin_queue_lag_seconds', { queue }, lagMs / 1_000);
  }
}

function toFailure(error: unknown, receives: number): Failure {
  const reason = describeReason(error);
  if (error instanceof TryAgainLater)
    return { reason, code: 'postponed', delaySeconds: error.delaySeconds, expected: true };
  const code = error instanceof MessageRefused ? error.code : 'failed';
  return { reason, code, delaySeconds: backOffSeconds(receives), expected: false };
}
