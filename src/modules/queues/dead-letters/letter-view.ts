import type { DeadLetter } from './dead-letter.store';
import type { ActionProgress } from './dead-letter-action.store';
import type { ActionProgressAnswer, DeadLetterAnswer, LetterView } from './dead-letters.schema';
import type { ShownLetter } from './dead-letters.service';

export const toLetterView = (letter: DeadLetter): LetterView => ({
  id: letter.id,
  queue: letter.queue,
  type: letter.type,
  version: letter.version,
  correlationId: letter.correlationId,
  state: letter.state,
  reasonCode: letter.reasonCode,
  reason: letter.reason,
  attempts: letter.attempts,
  deaths: letter.deaths,
  firstFailedAt: letter.firstFailedAt.toISOString(),
  lastFailedAt: letter.lastFailedAt.toISOString(),
  diedAt: letter.diedAt.toISOString(),
  actionId: letter.actionId,
});

export const toShownLetter = (letter: ShownLetter): DeadLetterAnswer => ({
  ...toLetterView(letter),
  envelope: letter.envelope,
  body: { bytes: letter.bodyBytes, sha256: letter.bodyHash.toString('hex') },
  history: letter.history.map(({ diedAt, ...death }) => ({ ...death, diedAt: diedAt.toISOString() })),
});

export const toProgressView = ({ counted, ...action }: ActionProgress): ActionProgressAnswer => ({
  ...action,
  count: counted,
  requestedAt: action.requestedAt.toISOString(),
  finishedAt: action.finishedAt?.toISOString() ?? null,
});
