import { Injectable } from '@nestjs/common';
import type { z } from 'zod';

type Registered = (body: unknown) => Promise<void>;

/** Who handles which event of which source. Modules register in their constructors. */
@Injectable()
export class WebhookHandlers {
  private readonly handlers = new Map<string, Registered>();

  /** A handler throws to be tried again, and is idempotent. It sees only what its schema lets through. */
  on<Event>(
    source: string,
    type: string,
    schema: z.ZodType<Event>,
    handler: (event: Event) => Promise<void>,
  ): void {
    this.handlers.set(`${source}:${type}`, (body) => handler(schema.parse(body)));
  }

  /** @returns false when nobody handles this type */
  async handle(source: string, type: string, body: unknown): Promise<boolean> {
    const handler = this.handlers.get(`${source}:${type}`);
    await handler?.(body);
    return handler !== undefined;
  }
}
