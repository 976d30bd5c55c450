import { createHash } from 'node:crypto';
import { z } from 'zod';
import { defineMessage, type Envelope } from './message';

/** The second shape that `background-jobs` takes: what Amazon EventBridge Scheduler sends when a time has come. */
const TickBody = z.object({
  type: z.literal('schedule.tick'),
  name: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,99}$/),
  scheduledTime: z.iso.datetime({ offset: true }),
  executionId: z.string().min(1).max(200),
});

export const ScheduleTick = defineMessage(
  'schedule.tick',
  'background-jobs',
  z.object({
    name: TickBody.shape.name,
    scheduledTime: TickBody.shape.scheduledTime.transform((text) => new Date(text)),
  }),
);

/**
 * The envelope of a tick; one that is delivered twice gets the same id twice.
 * @returns undefined when it is none
 */
export function tickEnvelope(body: unknown): Envelope | undefined {
  const tick = TickBody.safeParse(body);
  if (!tick.success) return undefined;
  const { name, scheduledTime, executionId } = tick.data;
  const id = nameId(`${name}\n${scheduledTime}\n${executionId}`);
  const occurredAt = new Date(scheduledTime).toISOString();
  return {
    id,
    type: ScheduleTick.type,
    version: ScheduleTick.version,
    correlationId: id,
    occurredAt,
    payload: { name, scheduledTime },
  };
}

/** A UUIDv8 (RFC 9562, section 5.8) of what the name hashes to. */
function nameId(name: string): string {
  const hash = createHash('sha256').update(name).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}
