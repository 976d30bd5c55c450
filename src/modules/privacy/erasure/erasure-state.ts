import { z } from 'zod';

/**
 * How far an erasure has come. It names no person: what it needs to know of one is read before the row goes.
 * `identities`: given back at Apple; `ledger`: noted outside the database; `account`: the rows; `files`: bytes in the
 * storage; `traces`: what the delivery of pushes left, page by page.
 */
export const ErasureState = z.strictObject({
  step: z.enum(['identities', 'ledger', 'account', 'files', 'traces']),
  begunAt: z.iso.datetime(),
  cursor: z.strictObject({ notificationId: z.string(), target: z.string() }).optional(),
  /** Whether the identity providers took back what they gave. */
  revoked: z.boolean().default(false),
  /** Recipients that this round left alone: they are being sent to. */
  left: z.number().int().default(0),
  /** How often the traces were walked through: what is being sent at that moment is left for the next round. */
  round: z.number().int().default(0),
});
export type ErasureState = z.infer<typeof ErasureState>;
