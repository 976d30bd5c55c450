import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { v5 } from 'uuid';
import { keysConfig } from '../../../config/slices';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import type { DeadMessage } from '../../../platform/sqs/dead-letter-queue';
import { InboxRecords, type TriedMessage } from '../../../platform/sqs/inbox-records';
import { Clock } from '../../../shared/clock';
import { sha256 } from '../../../shared/hash';
import { type DeadLetterId, idSchema } from '../../../shared/ids';
import type { Envelope, QueueName } from '../../../shared/message';
import { DeadLetterStore, type NewLetter } from './dead-letter.store';
import { readLetter, sealContext } from './letter-body';

/** Any: the queue promises no more than that its ids differ, though they are UUIDs. */
const NAMESPACE = '3d6dcb7e-8a6e-4a27-9b9b-0f4a5a0f4c5e';
const LetterId = idSchema<'DeadLetter'>();

type Read = DeadMessage & { readonly envelope: Envelope | undefined };
type Cause = Pick<NewLetter, 'reasonCode' | 'reason' | 'attempts' | 'firstFailedAt' | 'lastFailedAt'>;

/** Writes down what came out of a dead-letter queue, with what the inbox knows of its tries. */
@Injectable()
export class Burials {
  constructor(
    private readonly store: DeadLetterStore,
    private readonly inbox: InboxRecords,
    private readonly database: Database,
    private readonly clock: Clock,
    @Inject(keysConfig.KEY) private readonly keys: Pick<ConfigType<typeof keysConfig>, 'data'>,
  ) {}

  /** All or none of them; doing it again changes nothing. */
  async bury(queue: QueueName, messages: readonly DeadMessage[]): Promise<void> {
    const read = messages.map((message): Read => ({ ...message, envelope: readLetter(message.body) }));
    const ids = read.flatMap(({ envelope }) => envelope?.id ?? []);
    await this.database.transaction(async (tx) => {
      const tried = await this.inbox.of(tx, ids);
      for (const message of read) {
        const known = message.envelope && tried.get(message.envelope.id.toLowerCase());
        // another copy of it came to its end: there is nothing left to decide
        if (known?.done) continue;
        await this.store.bury(tx, await this.toLetter(tx, queue, message, known));
      }
    });
  }

  private async toLetter(
    tx: Transaction,
    queue: QueueName,
    message: Read,
    tried: TriedMessage | undefined,
  ): Promise<NewLetter> {
    const { envelope, queueMessageId, body, groupId } = message;
    const bodyHash = sha256(body);
    const id =
      envelope === undefined
        ? await this.unreadableId(tx, queue, message, bodyHash)
        : LetterId.parse(envelope.id);
    const now = this.clock.now();
    return {
      ...(envelope === undefined ? unreadable(message, now) : causeOf(message, tried, now)),
      id,
      queueMessageId,
      queue,
      type: envelope?.type ?? null,
      version: envelope?.version ?? null,
      correlationId: envelope?.correlationId ?? null,
      occurredAt: envelope === undefined ? null : new Date(envelope.occurredAt),
      groupId: groupId ?? null,
      diedAt: now,
      bodySealed: this.keys.data.seal(body, sealContext(id)),
      bodyBytes: Buffer.byteLength(body),
      bodyHash,
    };
  }

  /** Nothing in it says which message it is: one that was redriven is known by its body. */
  private async unreadableId(
    tx: Transaction,
    queue: QueueName,
    { queueMessageId }: DeadMessage,
    bodyHash: Buffer,
  ): Promise<DeadLetterId> {
    const own = LetterId.safeParse(queueMessageId);
    return (
      (await this.store.lockTwin(tx, queue, bodyHash)) ??
      own.data ??
      LetterId.parse(v5(queueMessageId, NAMESPACE))
    );
  }
}

function causeOf({ receives, sentAt }: DeadMessage, tried: TriedMessage | undefined, now: Date): Cause {
  if (tried === undefined) {
    const times = { firstFailedAt: sentAt ?? now, lastFailedAt: now };
    return { ...times, reasonCode: 'unrecorded', reason: 'no try was written down', attempts: receives };
  }
  const { attempts, lastError, failureCode, firstFailedAt, lastTriedAt } = tried;
  const times = { firstFailedAt: firstFailedAt ?? lastTriedAt, lastFailedAt: lastTriedAt };
  if (lastError === null)
    return { ...times, reasonCode: 'never_ended', reason: 'no try ever came to an end', attempts };
  return { ...times, reasonCode: failureCode ?? 'failed', reason: lastError, attempts };
}

const unreadable = ({ receives, sentAt }: DeadMessage, now: Date): Cause => ({
  reasonCode: 'unreadable',
  reason: 'not a message of ours',
  attempts: receives,
  firstFailedAt: sentAt ?? now,
  lastFailedAt: now,
});
