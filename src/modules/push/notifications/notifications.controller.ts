import { Body, Controller, Get, Inject, Post, Query } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { keysConfig, oneSignalWebhookConfig } from '../../../config/slices';
import { adminOrKey } from '../../../platform/http/access';
import { Caller, Endpoint, ResourceId } from '../../../platform/http/endpoint';
import { IdParam } from '../../../platform/http/id-param';
import { type Principal, principalKey } from '../../../platform/http/principal';
import type { NotificationId } from '../../../shared/ids';
import { CreateNotificationBody } from '../push.schema';
import { openCursor, sealCursor } from './delivery-cursor';
import type { Draft } from './draft';
import { toAnswer, toDeliveryView } from './notification-views';
import {
  DeliveriesAnswer,
  DeliveriesQuery,
  NotificationAnswer,
  NotificationCreated,
} from './notifications.schema';
import { NotificationsService } from './notifications.service';
import { SEND_LIMIT } from './send-limit';

@Controller('v1/push/notifications')
export class NotificationsController {
  constructor(
    private readonly notifications: NotificationsService,
    @Inject(oneSignalWebhookConfig.KEY) private readonly config: ConfigType<typeof oneSignalWebhookConfig>,
    @Inject(keysConfig.KEY) private readonly keys: ConfigType<typeof keysConfig>,
  ) {}

  @Post()
  @Endpoint({
    summary: 'Send a push to users, devices, topics or all',
    access: adminOrKey('push:send'),
    status: 202,
    limits: [SEND_LIMIT],
    idempotency: 'required',
    answer: NotificationCreated,
  })
  async create(
    @ResourceId() id: NotificationId,
    @Caller() caller: Principal,
    @Body() body: CreateNotificationBody,
  ): Promise<NotificationCreated> {
    const { status, recipients } = await this.notifications.create(
      id,
      body.audience,
      toDraft(body),
      principalKey(caller),
    );
    return { id, status, recipients };
  }

  @Get(':id')
  @Endpoint({
    summary: 'A notification and what became of it',
    access: adminOrKey('push:send', 'push:read'),
    answer: NotificationAnswer,
  })
  async get(@IdParam('id') id: NotificationId): Promise<NotificationAnswer> {
    return toAnswer(await this.notifications.get(id), this.config.receipts);
  }

  /** Each recipient with its state and the reason of it. */
  @Get(':id/deliveries')
  @Endpoint({
    summary: 'What became of it for each recipient',
    access: adminOrKey('push:send', 'push:read'),
    acceptsQuery: true,
    answer: DeliveriesAnswer,
  })
  async deliveries(
    @IdParam('id') id: NotificationId,
    @Query() { limit, cursor, state }: DeliveriesQuery,
  ): Promise<DeliveriesAnswer> {
    const after = cursor === undefined ? '' : openCursor(this.keys.data, id, cursor);
    const rows = await this.notifications.deliveries(id, { limit, after, state });
    const page = rows.slice(0, limit);
    const last = rows.length > limit ? page.at(-1) : undefined;
    return {
      data: page.map(toDeliveryView),
      nextCursor: last === undefined ? null : sealCursor(this.keys.data, id, last.target),
    };
  }

  @Post(':id/cancel')
  @Endpoint({
    summary: 'Cancel a notification that has not begun',
    access: adminOrKey('push:send'),
    answer: NotificationAnswer,
  })
  async cancel(@IdParam('id') id: NotificationId): Promise<NotificationAnswer> {
    return toAnswer(await this.notifications.cancel(id), this.config.receipts);
  }
}

function toDraft({
  audience: _,
  content: words,
  localizations = {},
  sendAt,
  ...rest
}: CreateNotificationBody): Draft {
  const wishes = { ...rest, sendAt: sendAt === undefined ? undefined : new Date(sendAt) };
  const { template, variables = {}, ...content } = words;
  return template === undefined ? { ...wishes, content, localizations } : { ...wishes, template, variables };
}
