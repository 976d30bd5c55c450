import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { keysConfig } from '../../../config/slices';
import { describeReason } from '../../../platform/logging/log-format';
import { tellFailure } from '../../../platform/sentry/tell-failure';
import { MessageHandlers, TryAgainLater } from '../../../platform/sqs/message-handlers';
import { Clock, HOUR, secondsAfter } from '../../../shared/clock';
import { sealContext, WebhookReceived } from './webhook.messages';
import { type EventMessage, type WebhookEvent, WebhookEventStore } from './webhook-event.store';
import { WebhookHandlers } from './webhook-handlers';

/** As often as the queue hands a message out before it is a dead letter. */
const MOST_ATTEMPTS = 5;
/** Longer than the longest back-off. */
const NEXT_TRY_WITHIN_SECONDS = HOUR;

/** Gives a stored event to its handler; an event that nobody handles is kept and marked. */
@Injectable()
export class WebhooksConsumer {
  private readonly logger = new Logger(WebhooksConsumer.name);

  constructor(
    messages: MessageHandlers,
    private readonly handlers: WebhookHandlers,
    private readonly store: WebhookEventStore,
    private readonly clock: Clock,
    @Inject(keysConfig.KEY) private readonly keys: ConfigType<typeof keysConfig>,
  ) {
    messages.on(WebhookReceived, ({ eventId }, { messageId }) => this.receive({ eventId, messageId }));
  }

  private async receive(message: EventMessage): Promise<void> {
    const event = await this.store.findUnsettled(message);
    if (event === undefined) return;
    try {
      const handled = await this.handle(event);
      await this.store.settle(message, handled ? 'processed' : 'ignored', this.clock.now());
    } catch (error) {
      // the row tells why; that the message comes again does not hang on it
      await this.note(message, error).catch((err) =>
        tellFailure(this.logger, err, 'a failure was not noted'),
      );
      throw error;
    }
  }

  private handle({ id, source, type, bodySealed, receivedAt, occurredAt }: WebhookEvent): Promise<boolean> {
    const body: unknown = JSON.parse(this.keys.data.open(bodySealed, sealContext(id)).toString('utf8'));
    return this.handlers.handle(source, type, body, { eventId: id, receivedAt, occurredAt });
  }

  private async note(message: EventMessage, error: unknown): Promise<void> {
    const expected = error instanceof TryAgainLater;
    const nextTry = (expected ? error.delaySeconds : 0) + NEXT_TRY_WITHIN_SECONDS;
    const failure = { reason: describeReason(error), sweepAt: secondsAfter(this.clock.now(), nextTry) };
    if (expected) await this.store.notePostponement(message, failure);
    else await this.store.noteFailure(message, failure, MOST_ATTEMPTS);
  }
}
