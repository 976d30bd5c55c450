import type { KeyObject } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { type VerifiedEvent, WebhookSource } from '../webhook-source';
import { EventTime, readEvent, readWord, Word } from './event-body';
import { assertSigned, requiredHeader, toKeys } from './proof';

const Event = z.object({ event: Word, created_at: EventTime });

/**
 * `X-Razorpay-Signature`: HMAC-SHA256 in hex over the body. No time is signed, nor is the id in `x-razorpay-event-id`.
 * @see https://razorpay.com/docs/webhooks/validate-test/
 */
export class RazorpaySource extends WebhookSource {
  readonly name = 'razorpay';
  readonly signsId = false;
  private readonly keys: readonly KeyObject[];

  constructor(secrets: readonly string[]) {
    super();
    this.keys = toKeys(secrets);
  }

  verify(headers: IncomingHttpHeaders, body: Buffer): VerifiedEvent {
    const signature = requiredHeader(headers, 'x-razorpay-signature');
    const eventId = requiredHeader(headers, 'x-razorpay-event-id');
    assertSigned(this.keys, [body], [signature], 'hex');
    const { event, created_at } = readEvent(Event, body);
    return { eventId: readWord('x-razorpay-event-id', eventId), type: event, occurredAt: created_at };
  }
}
