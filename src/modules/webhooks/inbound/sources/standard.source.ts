import type { KeyObject } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { type SourceName, type VerifiedEvent, WebhookSource } from '../webhook-source';
import { EventTime, readEvent, readWord, Word } from './event-body';
import { assertRecent, assertSigned, requiredHeader, toKeys } from './proof';

const VERSION = 'v1,';
const Event = z.object({ type: Word, timestamp: EventTime });

/**
 * Standard Webhooks: `webhook-signature: v1,… [v1,…]`, each an HMAC-SHA256 in base64 over `id.timestamp.body`.
 * Svix calls the same three headers `svix-…`.
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export class StandardSource extends WebhookSource {
  readonly name: SourceName = 'standard';
  readonly signsId = true;
  private readonly keys: readonly KeyObject[];

  constructor(secrets: readonly Buffer[]) {
    super();
    this.keys = toKeys(secrets);
  }

  verify(headers: IncomingHttpHeaders, body: Buffer, now: Date): VerifiedEvent {
    const prefix = headers['webhook-id'] === undefined ? 'svix' : 'webhook';
    const id = requiredHeader(headers, `${prefix}-id`);
    const timestamp = requiredHeader(headers, `${prefix}-timestamp`);
    const signatures = requiredHeader(headers, `${prefix}-signature`)
      .split(' ')
      .flatMap((one) => (one.startsWith(VERSION) ? [one.slice(VERSION.length)] : []));
    assertSigned(this.keys, [`${id}.${timestamp}.`, body], signatures, 'base64');
    assertRecent(timestamp, now);
    const { type, occurredAt } = this.read(body);
    const eventId = readWord(`${prefix}-id`, id);
    return { eventId, type, occurredAt: occurredAt ?? new Date(Number(timestamp) * 1000) };
  }

  /** @throws ValidationFailed when the body is not of this source */
  protected read(body: Buffer): Pick<VerifiedEvent, 'type' | 'occurredAt'> {
    const { type, timestamp } = readEvent(Event, body);
    return { type, occurredAt: timestamp };
  }
}
