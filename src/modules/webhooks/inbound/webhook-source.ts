import type { IncomingHttpHeaders } from 'node:http';

/** Who may post to us. */
export const SOURCES = ['stripe', 'razorpay', 'onesignal', 'supabase', 'github', 'standard'] as const;
export type SourceName = (typeof SOURCES)[number];

export interface VerifiedEvent {
  /** The provider's own id: the same event has the same one, however often it is posted. */
  readonly eventId: string;
  readonly type: string;
  /** When it happened, where the provider says so. */
  readonly occurredAt: Date | undefined;
}

/** A provider that posts events to us: how it proves that it did, and where its event's id and type are. */
export abstract class WebhookSource {
  abstract readonly name: SourceName;
  /** Whether the proof covers the id. Where it does not, the same body under another id is the same event. */
  abstract readonly signsId: boolean;

  /**
   * @throws InvalidSignature when the proof is missing, wrong or too old
   * @throws ValidationFailed when the body is not this provider's shape
   */
  abstract verify(headers: IncomingHttpHeaders, body: Buffer, now: Date): VerifiedEvent;
}
