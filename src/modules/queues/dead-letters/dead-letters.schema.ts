import { createZodDto } from 'nestjs-zod/dto';
import { z } from 'zod';
import { idSchema } from '../../../shared/ids';
import { QUEUES } from '../../../shared/message';
import { PageQuery, pageOf } from '../../../shared/page';
import { LETTER_STATES, REASON_CODES } from './dead-letter.store';
import { ACTION_KINDS } from './dead-letter-action.store';

const MOST_IDS = 1_000;
const MOST_RATE = 1_000;
const DEFAULT_RATE = 100;

const Moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

const Filter = {
  queue: z.enum(QUEUES).optional(),
  type: z.string().min(1).max(100).optional(),
  reasonCode: z.enum(REASON_CODES).optional(),
  /** Died at this time or later. */
  since: Moment.optional(),
};

export const LettersQuery = z.strictObject({
  ...PageQuery.shape,
  ...Filter,
  state: z.enum(LETTER_STATES).default('waiting'),
});
export class DeadLettersQuery extends createZodDto(LettersQuery) {}

const LetterView = z.object({
  id: z.string(),
  queue: z.enum(QUEUES),
  type: z.string().nullable(),
  version: z.number().int().nullable(),
  correlationId: z.string().nullable(),
  state: z.enum(LETTER_STATES),
  reasonCode: z.string(),
  reason: z.string(),
  attempts: z.number().int(),
  /** How often it came to be a dead letter. */
  deaths: z.number().int(),
  firstFailedAt: z.string(),
  lastFailedAt: z.string(),
  diedAt: z.string(),
  /** The redrive or discard that last moved it. */
  actionId: z.string().nullable(),
});
export type LetterView = z.infer<typeof LetterView>;
export class DeadLettersAnswer extends createZodDto(pageOf(LetterView)) {}

export class DeadLetterAnswer extends createZodDto(
  z.object({
    ...LetterView.shape,
    /** Values that may be somebody's are hidden; null where the body can't be read. */
    envelope: z.record(z.string(), z.unknown()).nullable(),
    body: z.object({ bytes: z.number().int(), sha256: z.string() }),
    /** Its deaths, newest first. */
    history: z.array(
      z.object({
        reasonCode: z.string(),
        reason: z.string(),
        attempts: z.number().int(),
        diedAt: z.string(),
      }),
    ),
  }),
) {}

const Scope = {
  ids: z.array(idSchema<'DeadLetter'>()).min(1).max(MOST_IDS).optional(),
  /** All that wait and pass the filter. */
  all: z.boolean().optional(),
  ...Filter,
};

/** It stands in the audit for years: words of an operator, and nobody's address. */
const Reason = z
  .string()
  .trim()
  .min(3)
  .max(200)
  .regex(/^[^@\p{Cc}]*$/u, 'is one line without an address');
const Flag = z.boolean().default(false);

interface Given {
  readonly ids?: unknown;
  readonly all?: boolean | undefined;
  readonly queue?: unknown;
  readonly type?: unknown;
  readonly reasonCode?: unknown;
  readonly since?: unknown;
}

/** What is moved is said on purpose: ids, or `all`, which a filter narrows. */
function isOneScope({ ids, all, queue, type, reasonCode, since }: Given): boolean {
  const filtered = [queue, type, reasonCode, since].some((one) => one !== undefined);
  return ids === undefined ? all === true : all !== true && !filtered;
}
const ONE_SCOPE = { path: ['ids'], message: 'give either ids, or all with or without a filter' };

export const RedriveRequest = z
  .strictObject({
    ...Scope,
    /** Messages a second. */
    rate: z.number().int().min(1).max(MOST_RATE).default(DEFAULT_RATE),
    reason: Reason.optional(),
    dryRun: Flag,
  })
  .refine(isOneScope, ONE_SCOPE);
export class RedriveBody extends createZodDto(RedriveRequest) {}

export const DiscardRequest = z
  .strictObject({ ...Scope, reason: Reason.optional(), dryRun: Flag })
  .refine(isOneScope, ONE_SCOPE)
  .refine(({ reason, dryRun }) => dryRun || reason !== undefined, {
    path: ['reason'],
    message: 'say why they are not needed',
  });
export class DiscardBody extends createZodDto(DiscardRequest) {}

export class ActionAnswer extends createZodDto(
  z.object({
    /** Of the action, to ask for its progress; null when it was only counted. */
    id: z.string().nullable(),
    count: z.number().int(),
    dryRun: z.boolean(),
  }),
) {}

export class ActionProgressAnswer extends createZodDto(
  z.object({
    id: z.string(),
    kind: z.enum(ACTION_KINDS),
    count: z.number().int(),
    moved: z.number().int(),
    rate: z.number().int().nullable(),
    reason: z.string().nullable(),
    requestedBy: z.string(),
    requestedAt: z.string(),
    finishedAt: z.string().nullable(),
    /** Why its last batch failed; where it is finished, why it was given up. */
    failure: z.string().nullable(),
  }),
) {}
