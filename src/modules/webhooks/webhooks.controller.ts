import type { IncomingHttpHeaders } from 'node:http';
import { Body, Controller, Headers, Param, Post } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { PUBLIC } from '../../platform/http/access';
import { Endpoint } from '../../platform/http/endpoint';
import { byIp, type RateLimit } from '../../platform/http/rate-limit';
import { MINUTE } from '../../shared/clock';
import { WebhookIntakeService } from './webhook-intake.service';
import { SOURCES, type SourceName, SourceParam, WebhookAccepted } from './webhooks.schema';

const MAX_BODY_BYTES = 1024 * 1024;
/** Providers post from few addresses and in bursts: this only stops a flood. */
const INTAKE_LIMIT: RateLimit = { name: 'webhooks', points: 60_000, windowSeconds: MINUTE, key: byIp };

const isKnownSource = (params: unknown): boolean => SourceParam.safeParse(params).success;

@Controller('v1/webhooks')
export class WebhooksController {
  constructor(private readonly intake: WebhookIntakeService) {}

  @Post(':source')
  @ApiParam({ name: 'source', enum: SOURCES })
  @Endpoint({
    access: PUBLIC,
    status: 202,
    limits: [INTAKE_LIMIT],
    exists: isKnownSource,
    rawBodyBytes: MAX_BODY_BYTES,
    answer: WebhookAccepted,
  })
  async receive(
    @Param('source') source: SourceName,
    @Headers() headers: IncomingHttpHeaders,
    @Body() body: Buffer | undefined,
  ): Promise<WebhookAccepted> {
    return this.intake.receive(source, headers, body ?? Buffer.alloc(0));
  }
}
