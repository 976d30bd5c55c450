import { createZodDto } from 'nestjs-zod/dto';
import { z } from 'zod';
import { QUEUES } from '../../../shared/message';

const QueueView = z.object({
  queue: z.enum(QUEUES),
  /** Ready to be received. Null, as the next ones, until a worker has looked. */
  depth: z.number().int().nullable(),
  /** In the hands of a worker, or waiting for their next try. */
  inFlight: z.number().int().nullable(),
  delayed: z.number().int().nullable(),
  /** Given up by the queue and not drained yet: seconds later they are among `deadLetters`. */
  undrained: z.number().int().nullable(),
  /** Age of the oldest message that is neither done nor dead, wherever it is; null when there is none. */
  oldestUnfinishedSeconds: z.number().int().nullable(),
  /** They wait for a decision. */
  deadLetters: z.number().int(),
  /** When a worker looked at the queue; it does every few seconds. */
  seenAt: z.string().nullable(),
});
export type QueueView = z.infer<typeof QueueView>;
export class QueuesAnswer extends createZodDto(z.object({ data: z.array(QueueView) })) {}
