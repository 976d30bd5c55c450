import type { IncomingHttpHeaders } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { z } from 'zod';
import { oneSignalWebhookConfig } from '../../../config/slices';
import { ValidationFailed } from '../../../shared/domain-error';
import { equalsInConstantTime, sha256 } from '../../../shared/hash';
import { type VerifiedEvent, WebhookSource } from '../webhook-source';
import { InvalidSignature } from '../webhooks.errors';

const SECRET_HEADER = 'x-onesignal-webhook-secret';

const Event = z.object({
  event: z.object({ id: z.string().min(1).max(100), kind: z.string().min(1).max(100) }),
});

/**
 * OneSignal's event streams (documentation.onesignal.com/docs/event-streams): no signature, but headers and a body
 * of our choosing. We choose a shared secret in a header; `docs/push-providers.md` has the body.
 */
@Injectable()
export class OneSignalSource extends WebhookSource {
  readonly name = 'onesignal';
  private readonly secretHash: Buffer;

  constructor(@Inject(oneSignalWebhookConfig.KEY) config: ConfigType<typeof oneSignalWebhookConfig>) {
    super();
    this.secretHash = sha256(config.secret);
  }

  verify(headers: IncomingHttpHeaders, body: Buffer): VerifiedEvent {
    const presented = headers[SECRET_HEADER];
    if (typeof presented !== 'string' || !equalsInConstantTime(sha256(presented), this.secretHash)) {
      throw new InvalidSignature();
    }
    const parsed = Event.safeParse(readJson(body));
    if (!parsed.success) throw new ValidationFailed([{ path: 'event', message: 'needs an id and a kind' }]);
    return { eventId: parsed.data.event.id, type: parsed.data.event.kind };
  }
}

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
