import { Body, Controller, Delete, Get, Headers, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { SIGNED_IN } from '../../platform/http/access';
import { ApiHeader } from '../../platform/http/documented';
import { CurrentUser, Endpoint } from '../../platform/http/endpoint';
import { IdParam } from '../../platform/http/id-param';
import type { UserPrincipal } from '../../platform/http/principal';
import { NotFound } from '../../shared/domain-error';
import type { DeviceId } from '../../shared/ids';
import type { Device } from './device.store';
import {
  DeviceAnswer,
  DevicesAnswer,
  DevicesQuery,
  type DeviceView,
  PutDeviceAnswer,
  PutDeviceBody,
} from './devices.schema';
import { DevicesService } from './devices.service';

const NOT_THIS_DEVICE =
  'A session registers the device that it was made on: send the deviceId of the sign-in';

@ApiHeader({ name: 'X-Device-Token', required: false })
@Controller('v1/devices')
export class DevicesController {
  constructor(private readonly devices: DevicesService) {}

  /** Only the session's own device: any other is not found. */
  @Put(':deviceId')
  @Endpoint({
    summary: 'Register this installation, or bring it up to date',
    access: SIGNED_IN,
    creates: true,
    answer: PutDeviceAnswer,
  })
  async put(
    @CurrentUser() user: UserPrincipal,
    @IdParam('deviceId') deviceId: DeviceId,
    @Body() body: PutDeviceBody,
    @Headers('x-device-token') token: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PutDeviceAnswer> {
    if (deviceId !== user.deviceId) throw new NotFound({ detail: NOT_THIS_DEVICE });
    const { push, ...facts } = body;
    const { device, created, deviceToken } = await this.devices.register(
      user.userId,
      deviceId,
      facts,
      push,
      token,
    );
    reply.code(created ? 201 : 200);
    return { device: this.view(device), ...(deviceToken !== undefined && { deviceToken }) };
  }

  @Get()
  @Endpoint({ summary: 'Own devices', access: SIGNED_IN, acceptsQuery: true, answer: DevicesAnswer })
  async list(
    @CurrentUser() user: UserPrincipal,
    @Query() query: DevicesQuery,
    @Headers('x-device-token') token: string | undefined,
  ): Promise<DevicesAnswer> {
    await this.devices.verifyToken(user.userId, user.deviceId, token);
    const page = await this.devices.list(user.userId, query);
    return { data: page.data.map((device) => this.view(device)), nextCursor: page.nextCursor };
  }

  @Get(':deviceId')
  @Endpoint({ summary: 'One of the own devices', access: SIGNED_IN, answer: DeviceAnswer })
  async get(
    @CurrentUser() user: UserPrincipal,
    @IdParam('deviceId') deviceId: DeviceId,
    @Headers('x-device-token') token: string | undefined,
  ): Promise<DeviceAnswer> {
    await this.devices.verifyToken(user.userId, user.deviceId, token);
    return this.view(await this.devices.get(user.userId, deviceId));
  }

  @Delete(':deviceId')
  @Endpoint({ summary: 'Remove a device: its sessions and its push end', access: SIGNED_IN, status: 204 })
  async delete(
    @CurrentUser() user: UserPrincipal,
    @IdParam('deviceId') deviceId: DeviceId,
    @Headers('x-device-token') token: string | undefined,
  ): Promise<void> {
    await this.devices.verifyToken(user.userId, user.deviceId, token);
    await this.devices.delete(user.userId, deviceId);
  }

  private view(device: Device): DeviceView {
    return toView(device, this.devices.isStale(device));
  }
}

function toView(device: Device, stale: boolean): DeviceView {
  const { deviceId, platform, appVersion, osVersion, model, locale, timezone } = device;
  return {
    deviceId,
    platform,
    appVersion,
    osVersion,
    model,
    locale,
    timezone,
    push: pushOf(device),
    createdAt: device.createdAt.toISOString(),
    lastSeenAt: device.lastSeenAt.toISOString(),
    stale,
  };
}

function pushOf({ pushProvider, fallbackProvider }: Device): DeviceView['push'] {
  if (pushProvider === null) return null;
  return { provider: pushProvider, ...(fallbackProvider !== null && { fallbackProvider }) };
}
