import { z } from 'zod';
import { type DomainEventId, newId } from '../../shared/ids';

/** A kind of event that others may subscribe to. Its payload holds ids and states, nothing personal. */
export interface EventType<Payload> {
  readonly type: string;
  readonly description: string;
  readonly payload: z.ZodType<Payload>;
  /** What it is about: an endpoint is told of the same one in the order in which it happened. */
  readonly orderKey: (payload: Payload) => string | undefined;
}

/** An event as it is stored and sent. */
export interface DomainEvent {
  readonly id: DomainEventId;
  readonly type: string;
  /** The body of the request, as Standard Webhooks wants it: `{type, timestamp, data}`. */
  readonly body: string;
  readonly orderKey: string | undefined;
  readonly occurredAt: Date;
}

/**
 * Declares an event once: for who emits it, for who subscribes, and for the documentation.
 * @param options.orderBy what it is about, where order matters to receivers
 * @example const UserCreated = defineEvent('user.created', 'An account was opened', z.strictObject({ userId: Id }));
 */
export function defineEvent<Payload>(
  type: string,
  description: string,
  payload: z.ZodType<Payload>,
  options: { orderBy?: (payload: Payload) => string } = {},
): EventType<Payload> {
  const { orderBy } = options;
  return { type, description, payload, orderKey: (given) => orderBy?.(given) };
}

/** @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
export function toEvent<Payload>(type: EventType<Payload>, payload: Payload, occurredAt: Date): DomainEvent {
  const data = type.payload.parse(payload);
  return {
    id: newId(),
    type: type.type,
    body: JSON.stringify({ type: type.type, timestamp: occurredAt.toISOString(), data }),
    orderKey: type.orderKey(payload),
    occurredAt,
  };
}

/** The schema of a body as it is sent, in JSON Schema 2020-12, which OpenAPI 3.1 speaks. */
export function bodySchema<Payload>({ type, description, payload }: EventType<Payload>): object {
  const body = z.object({ type: z.literal(type), timestamp: z.iso.datetime(), data: payload });
  const { $schema, ...schema } = z.toJSONSchema(body.describe(description), { io: 'input' });
  return schema;
}
