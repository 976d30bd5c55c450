import type { KeyObject } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { z } from 'zod';
import { ValidationFailed } from '../../../../shared/domain-error';
import { type VerifiedEvent, WebhookSource } from '../webhook-source';
import { readEvent, readWord } from './event-body';
import { assertSigned, requiredHeader, toKeys } from './proof';

const SCHEME = 'sha256=';
const Event = z.looseObject({});

/**
 * `X-Hub-Signature-256: sha256=…`: HMAC-SHA256 in hex over the body. Neither a time nor the id (`X-GitHub-Delivery`)
 * nor the type (`X-GitHub-Event`) is signed. The webhook's content type has to be `application/json`.
 * @see https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 */
export class GitHubSource extends WebhookSource {
  readonly name = 'github';
  readonly signsId = false;
  private readonly keys: readonly KeyObject[];

  constructor(secrets: readonly string[]) {
    super();
    this.keys = toKeys(secrets);
  }

  verify(headers: IncomingHttpHeaders, body: Buffer): VerifiedEvent {
    const signature = requiredHeader(headers, 'x-hub-signature-256');
    const delivery = requiredHeader(headers, 'x-github-delivery');
    const type = requiredHeader(headers, 'x-github-event');
    const signatures = signature.startsWith(SCHEME) ? [signature.slice(SCHEME.length)] : [];
    assertSigned(this.keys, [body], signatures, 'hex');
    assertJson(headers);
    readEvent(Event, body);
    return {
      eventId: readWord('x-github-delivery', delivery),
      type: readWord('x-github-event', type),
      occurredAt: undefined,
    };
  }
}

/** GitHub's own default is a form. @throws ValidationFailed that says what to set there */
function assertJson({ 'content-type': type = '' }: IncomingHttpHeaders): void {
  if (!type.startsWith('application/x-www-form-urlencoded')) return;
  const message = 'has to be application/json: set the content type of the webhook to that at GitHub';
  throw new ValidationFailed([{ path: 'content-type', message }]);
}
