import { Body, Controller, Get, Inject, Post } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { oneSignalWebhookConfig } from '../../../config/slices';
import { adminOrKey } from '../../../platform/http/access';
import { Caller, Endpoint, ResourceId } from '../../../platform/http/endpoint';
import { IdParam } from '../../../platform/http/id-param';
import { type Principal, principalKey } from '../../../platform/http/principal';
import { byPrincipalOrIp, type RateLimit } from '../../../platform/http/rate-limit';
import { MINUTE } from '../../../shared/clock';
import type { NotificationId } from '../../../shared/ids';
import { CreateNotificationBody, NotificationAnswer, NotificationCreated } from '../push.schema';
import { NotificationsService } from './notifications.service';

const SEND_LIMIT: RateLimit = { name: 'push', points: 600, windowSeconds: MINUTE, key: byPrincipalOrIp };

@Controller('v1/push/notifications')
export class NotificationsController {
  constructor(
    private readonly notifications: NotificationsService,
    @Inject(oneSignalWebhookConfig.KEY) private readonly config: ConfigType<typeof oneSignalWebhookConfig>,
  ) {}

  @Post()
  @Endpoint({
    access: adminOrKey('push:send'),
    status: 202,
    limits: [SEND_LIMIT],
    idempotency: 'required',
    answer: NotificationCreated,
  })
  async create(
    @ResourceId() id: NotificationId,
    @Caller() caller: Principal,
    @Body() { audience, content, ...options }: CreateNotificationBody,
  ): Promise<NotificationCreated> {
    const recipients = await this.notifications.create(id, audience, content, options, principalKey(caller));
    return { id, status: 'queued', recipients };
  }

  @Get(':id')
  @Endpoint({ access: adminOrKey('push:send', 'push:read'), answer: NotificationAnswer })
  async get(@IdParam('id') id: NotificationId): Promise<NotificationAnswer> {
    const { counts, createdAt, completedAt, ...summary } = await this.notifications.get(id);
    const sent = counts.sent + counts.delivered;
    const { pending, suppressed, failed, invalid: invalidToken } = counts;
    return {
      ...summary,
      counts: {
        targeted: pending + suppressed + sent + failed + invalidToken,
        pending,
        suppressed,
        sent,
        delivered: this.config.receipts ? counts.delivered : null,
        failed,
        invalidToken,
      },
      createdAt: createdAt.toISOString(),
      completedAt: completedAt?.toISOString() ?? null,
    };
  }
}
