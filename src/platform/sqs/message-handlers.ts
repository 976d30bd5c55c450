import { Injectable, Optional } from '@nestjs/common';
import type { Envelope, MessageType, QueueName } from '../../shared/message';
import { SafeError } from '../../shared/safe-error';
import { HandlerSlots } from './handler-slots';

export interface MessageContext {
  readonly messageId: string;
  /** 1 at the first attempt. */
  readonly attempt: number;
}

type Handler<Payload> = (payload: Payload, context: MessageContext) => Promise<void>;
type Registered = (envelope: Envelope, context: MessageContext) => Promise<void>;

/** A handler's wish to be called again: what it needs is away or not there yet. It spends no receive of the queue. */
export class TryAgainLater extends SafeError {
  constructor(
    reason: string,
    readonly delaySeconds: number,
  ) {
    super(reason);
  }
}

/** A message that no handler could take as it is: trying again helps only when another release does it. */
export class MessageRefused extends SafeError {
  constructor(
    readonly code: 'unknown_type' | 'unknown_version' | 'invalid_payload',
    reason: string,
  ) {
    super(reason);
  }
}

/** Nothing is away: it only is not time yet. */
export class NotYet extends TryAgainLater {}

/** Who handles which message. Consumers register in their constructors, before the first poll. */
@Injectable()
export class MessageHandlers {
  private readonly handlers = new Map<string, Registered>();
  private readonly types = new Set<string>();

  constructor(@Optional() private readonly slots: HandlerSlots = new HandlerSlots()) {}

  /** A handler throws to be tried again, and is idempotent: it may run twice for one message. */
  on<Payload>(message: MessageType<Payload>, handler: Handler<Payload>): void {
    const key = `${message.type}@${message.version}`;
    if (this.handlers.has(key)) throw new Error(`${key} has a handler already`);
    this.types.add(message.type);
    this.handlers.set(key, (envelope, context) => handler(payloadOf(message, envelope), context));
  }

  /**
   * Waits for a slot of the queue it came from, then for its handler.
   * @throws MessageRefused when nobody handles this type and version, or its payload is not what they agreed on
   */
  async handle(envelope: Envelope, context: MessageContext, queue?: QueueName): Promise<void> {
    const { type, version } = envelope;
    const handler = this.handlers.get(`${type}@${version}`);
    if (handler === undefined) {
      const code = this.types.has(type) ? 'unknown_version' : 'unknown_type';
      throw new MessageRefused(code, `no handler for ${type}@${version}`);
    }
    const work = () => handler(envelope, context);
    await (queue === undefined ? work() : this.slots.run(queue, work));
  }
}

function payloadOf<Payload>(message: MessageType<Payload>, { payload }: Envelope): Payload {
  const parsed = message.payload.safeParse(payload);
  if (parsed.success) return parsed.data;
  const places = parsed.error.issues.map(({ path }) => path.join('.') || 'payload');
  throw new MessageRefused('invalid_payload', `not what ${message.type} carries: ${places.join(', ')}`);
}
