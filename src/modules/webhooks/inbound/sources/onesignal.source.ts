import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { equalsInConstantTime, sha256 } from '../../../../shared/hash';
import { type VerifiedEvent, WebhookSource } from '../webhook-source';
import { InvalidSignature } from '../webhooks.errors';
import { EventTime, readEvent, Word } from './event-body';
import { requiredHeader } from './proof';

const SECRET_HEADER = 'x-onesignal-webhook-secret';

const Event = z.object({ event: z.object({ id: Word, kind: Word, timestamp: EventTime }) });

/**
 * OneSignal's event streams: no signature, but headers and a body of our choosing. We choose a shared secret in a
 * header; `docs/push-providers.md` has the body.
 * @see https://documentation.onesignal.com/docs/event-streams
 */
export class OneSignalSource extends WebhookSource {
  readonly name = 'onesignal';
  readonly signsId = false;
  private readonly secretHashes: readonly Buffer[];

  constructor(secrets: readonly string[]) {
    super();
    this.secretHashes = secrets.map((secret) => sha256(secret));
  }

  verify(headers: IncomingHttpHeaders, body: Buffer): VerifiedEvent {
    const presented = sha256(requiredHeader(headers, SECRET_HEADER));
    const known = this.secretHashes.filter((hash) => equalsInConstantTime(hash, presented));
    if (known.length === 0) throw new InvalidSignature();
    const { id, kind, timestamp } = readEvent(Event, body).event;
    return { eventId: id, type: kind, occurredAt: timestamp };
  }
}
