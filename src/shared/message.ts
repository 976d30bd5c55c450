import { z } from 'zod';
import type { TraceHeaders } from './request-context';

export const QUEUES = ['push-notifications', 'webhook-events', 'background-jobs'] as const;
export type QueueName = (typeof QUEUES)[number];

/**
 * The body of every queued message. Ids only: nothing secret or personal rides in a queue. What a newer release
 * adds is ignored; what it changes has a new version.
 */
export const Envelope = z.object({
  id: z.guid().toLowerCase(),
  type: z.string().min(1),
  version: z.int32().min(1),
  correlationId: z.guid(),
  traceparent: z.string().optional(),
  'sentry-trace': z.string().optional(),
  baggage: z.string().optional(),
  occurredAt: z.iso.datetime(),
  payload: z.unknown(),
});
export type Envelope = z.infer<typeof Envelope>;

/** The trace in an envelope: what there is of it, under the names of the headers. */
export function traceFields(trace: TraceHeaders | undefined): Partial<Envelope> {
  const { traceparent, sentryTrace, baggage } = trace ?? {};
  return {
    ...(traceparent !== undefined && { traceparent }),
    ...(sentryTrace !== undefined && { 'sentry-trace': sentryTrace }),
    ...(baggage !== undefined && { baggage }),
  };
}

export const traceOfEnvelope = (envelope: Envelope): TraceHeaders => ({
  traceparent: envelope.traceparent,
  sentryTrace: envelope['sentry-trace'],
  baggage: envelope.baggage,
});

/** A kind of message: its name, the queue it rides in and the payload that both ends check. */
export interface MessageType<Payload> {
  readonly type: string;
  readonly version: number;
  readonly queue: QueueName;
  readonly payload: z.ZodType<Payload>;
}

/**
 * Declares a message once for its sender and its handler.
 * @example const DeliverPush = defineMessage('push.deliver', 'push-notifications', z.strictObject({ … }));
 */
export function defineMessage<Payload>(
  type: string,
  queue: QueueName,
  payload: z.ZodType<Payload>,
  version = 1,
): MessageType<Payload> {
  return { type, version, queue, payload };
}
