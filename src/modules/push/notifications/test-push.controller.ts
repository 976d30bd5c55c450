import { Body, Controller, Post } from '@nestjs/common';
import { ADMIN } from '../../../platform/http/access';
import { CurrentUser, Endpoint, ResourceId } from '../../../platform/http/endpoint';
import { principalKey, type UserPrincipal } from '../../../platform/http/principal';
import type { NotificationId } from '../../../shared/ids';
import { DevicesService } from '../../devices';
import { NotificationCreated, TestPushBody } from './notifications.schema';
import { NotificationsService } from './notifications.service';
import { SEND_LIMIT } from './send-limit';

/** Nobody opts out of it, and it does not wait for the end of the night: whoever asks looks at the phone. */
const TEST = { category: 'test', respectQuietHours: false };

@Controller('v1/push/test')
export class TestPushController {
  constructor(
    private readonly notifications: NotificationsService,
    private readonly devices: DevicesService,
  ) {}

  /** To one device of one's own. */
  @Post()
  @Endpoint({
    summary: 'Send a push to a device of one’s own',
    access: ADMIN,
    status: 202,
    limits: [SEND_LIMIT],
    idempotency: 'optional',
    answer: NotificationCreated,
  })
  async send(
    @ResourceId() id: NotificationId,
    @CurrentUser() user: UserPrincipal,
    @Body() { deviceId, content }: TestPushBody,
  ): Promise<NotificationCreated> {
    await this.devices.get(user.userId, deviceId);
    const audience = { devices: [deviceId], deviceOwner: user.userId };
    const draft = { ...TEST, content, localizations: {} };
    const { status, recipients } = await this.notifications.create(id, audience, draft, principalKey(user));
    return { id, status, recipients };
  }
}
