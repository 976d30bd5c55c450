import type { KeyObject } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { type VerifiedEvent, WebhookSource } from '../webhook-source';
import { InvalidSignature } from '../webhooks.errors';
import { EventTime, readEvent, Word } from './event-body';
import { assertRecent, assertSigned, requiredHeader, toKeys } from './proof';

const Event = z.object({ id: Word, type: Word, created: EventTime });

/**
 * `Stripe-Signature: t=…,v1=…[,v1=…]`: HMAC-SHA256 in hex over `t.body`; the secret is used as it is written,
 * `whsec_` and all. Other schemes (`v0`) prove nothing.
 * @see https://docs.stripe.com/webhooks#verify-manually
 */
export class StripeSource extends WebhookSource {
  readonly name = 'stripe';
  readonly signsId = true;
  private readonly keys: readonly KeyObject[];

  constructor(secrets: readonly string[]) {
    super();
    this.keys = toKeys(secrets);
  }

  verify(headers: IncomingHttpHeaders, body: Buffer, now: Date): VerifiedEvent {
    const { time, signatures } = readHeader(requiredHeader(headers, 'stripe-signature'));
    assertSigned(this.keys, [`${time}.`, body], signatures, 'hex');
    assertRecent(time, now);
    const { id, type, created } = readEvent(Event, body);
    return { eventId: id, type, occurredAt: created };
  }
}

function readHeader(header: string): { time: string; signatures: string[] } {
  const fields = header.split(',').map((field) => field.trim());
  const valuesOf = (name: string) =>
    fields.flatMap((field) => (field.startsWith(name) ? [field.slice(name.length)] : []));
  const [time, ...more] = valuesOf('t=');
  if (time === undefined || more.length > 0) throw new InvalidSignature();
  return { time, signatures: valuesOf('v1=') };
}
