import type { IncomingHttpHeaders } from 'node:http';
import type { SourceName } from './webhooks.schema';

export interface VerifiedEvent {
  /** The provider's own id: the same event has the same one, however often it is posted. */
  readonly eventId: string;
  readonly type: string;
}

/** A provider that posts events to us: how it proves that it did, and where its event's id and type are. */
export abstract class WebhookSource {
  abstract readonly name: SourceName;

  /**
   * @throws InvalidSignature when the proof is missing or wrong
   * @throws ValidationFailed when the body is not this provider's shape
   */
  abstract verify(headers: IncomingHttpHeaders, body: Buffer): VerifiedEvent;
}
