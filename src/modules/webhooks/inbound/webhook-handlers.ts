import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { SafeError } from '../../../shared/safe-error';
import type { SourceName } from './webhook-source';

/** What a handler is told beside the event. Events come in any order and may come twice: docs/webhooks.md has the rule. */
export interface WebhookContext {
  /** Ours; the same one at every try and at a replay. */
  readonly eventId: string;
  readonly receivedAt: Date;
  /** When it happened, as its source says: what newer and older is decided by. Undefined where it does not say. */
  readonly occurredAt: Date | undefined;
}

type Handler<Event> = (event: Event, context: WebhookContext) => Promise<void>;
type Registered = (body: unknown, context: WebhookContext) => Promise<void>;

/** Who handles which event of which source. Modules register in their constructors. */
@Injectable()
export class WebhookHandlers {
  private readonly handlers = new Map<string, Registered>();

  /**
   * A handler throws to be tried again, and is idempotent. It sees only what its schema lets through.
   * @throws Error at start-up when this event has a handler already
   */
  on<Event>(source: SourceName, type: string, schema: z.ZodType<Event>, handler: Handler<Event>): void {
    const key = `${source}:${type}`;
    if (this.handlers.has(key)) throw new Error(`${key} has a handler already`);
    this.handlers.set(key, async (body, context) => {
      const event = schema.safeParse(body);
      if (!event.success) throw new PayloadNotUnderstood(event.error);
      await handler(event.data, context);
    });
  }

  /**
   * @returns false when nobody handles this type
   * @throws PayloadNotUnderstood when the body is not what the handler's schema says
   */
  async handle(source: string, type: string, body: unknown, context: WebhookContext): Promise<boolean> {
    const handler = this.handlers.get(`${source}:${type}`);
    await handler?.(body, context);
    return handler !== undefined;
  }
}

/** Names what is wrong by path and kind: never a value. */
class PayloadNotUnderstood extends SafeError {
  constructor({ issues }: z.ZodError) {
    const places = issues.slice(0, 5).map(({ path, code }) => `${path.join('.') || 'body'} (${code})`);
    super(`the payload is not what its handler expects: ${places.join(', ')}`);
  }
}
