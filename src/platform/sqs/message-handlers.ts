import { Injectable } from '@nestjs/common';
import type { Envelope, MessageType } from '../../shared/message';
import { SafeError } from '../../shared/safe-error';

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

/** Who handles which message. Consumers register in their constructors, before the first poll. */
@Injectable()
export class MessageHandlers {
  private readonly handlers = new Map<string, Registered>();

  /** A handler throws to be tried again, and is idempotent: it may run twice for one message. */
  on<Payload>(message: MessageType<Payload>, handler: Handler<Payload>): void {
    const key = `${message.type}@${message.version}`;
    if (this.handlers.has(key)) throw new Error(`${key} has a handler already`);
    this.handlers.set(key, (envelope, context) => handler(message.payload.parse(envelope.payload), context));
  }

  /** @throws Error when nobody handles this type and version */
  async handle(envelope: Envelope, context: MessageContext): Promise<void> {
    const handler = this.handlers.get(`${envelope.type}@${envelope.version}`);
    if (handler === undefined) throw new SafeError(`no handler for ${envelope.type}@${envelope.version}`);
    await handler(envelope, context);
  }
}
