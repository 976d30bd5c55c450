import type { IncomingHttpHeaders } from 'node:http';
import { Body, Controller, Headers, Param, Post } from '@nestjs/common';
import { createZodDto } from 'nestjs-zod/dto';
import { z } from 'zod';
import { webhookSecretsConfig } from '../../../config/slices';
import { PUBLIC } from '../../../platform/http/access';
import { ApiHeader, ApiParam } from '../../../platform/http/documented';
import { Endpoint } from '../../../platform/http/endpoint';
import { byIp, type RateLimit } from '../../../platform/http/rate-limit';
import { MINUTE } from '../../../shared/clock';
import { WebhookIntakeService } from './webhook-intake.service';
import { SOURCES } from './webhook-source';

const MAX_BODY_BYTES = 1024 * 1024;
/** Providers post from few addresses and in bursts: this only stops a flood. */
const INTAKE_LIMIT: RateLimit = {
  name: 'webhooks',
  points: 60_000,
  windowSeconds: MINUTE,
  key: byIp,
  perProcess: true,
};
const NO_BODY = Buffer.alloc(0);

const SourceParam = z.object({ source: z.enum(SOURCES) });
class WebhookAccepted extends createZodDto(z.object({ id: z.string(), duplicate: z.boolean() })) {}

/** A source that this deployment has no secret for is not there, whatever is posted to it. */
function isServed(params: unknown): boolean {
  const known = SourceParam.safeParse(params);
  return known.success && webhookSecretsConfig()[known.data.source] !== undefined;
}

@Controller('v1/webhooks')
export class WebhookIntakeController {
  constructor(private readonly intake: WebhookIntakeService) {}

  /** Stored before it is acknowledged. Each source proves itself as `docs/webhooks.md` says. */
  @Post(':source')
  @ApiParam({ name: 'source', enum: SOURCES })
  @ApiHeader({ name: 'Stripe-Signature', required: false })
  @ApiHeader({ name: 'X-Razorpay-Signature', required: false })
  @ApiHeader({ name: 'X-Hub-Signature-256', required: false })
  @ApiHeader({ name: 'X-OneSignal-Webhook-Secret', required: false })
  @ApiHeader({ name: 'webhook-signature', required: false })
  @Endpoint({
    summary: 'Take an event of a provider',
    access: PUBLIC,
    open: 'always',
    status: 202,
    limits: [INTAKE_LIMIT],
    exists: isServed,
    rawBodyBytes: MAX_BODY_BYTES,
    answer: WebhookAccepted,
  })
  async receive(
    @Param('source') source: string,
    @Headers() headers: IncomingHttpHeaders,
    @Body() body: Buffer | undefined,
  ): Promise<WebhookAccepted> {
    return this.intake.receive(source, headers, body ?? NO_BODY);
  }
}
