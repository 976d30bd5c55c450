import { Body, Controller, Delete, Put } from '@nestjs/common';
import { fresh, SIGNED_IN } from '../../platform/http/access';
import { CurrentUser, Endpoint } from '../../platform/http/endpoint';
import { IdParam } from '../../platform/http/id-param';
import type { UserPrincipal } from '../../platform/http/principal';
import { NotFound } from '../../shared/domain-error';
import type { DeviceId } from '../../shared/ids';
import { DeviceSigningKeys } from './device-signing-keys';
import { PutSigningKeyBody } from './devices.schema';

/** Only of the session's own device: any other is not found. */
@Controller('v1/devices/:deviceId/signing-key')
export class SigningKeyController {
  constructor(private readonly keys: DeviceSigningKeys) {}

  /** From now on every request of this device is signed (RFC 9421), the next change of its key as well. */
  @Put()
  @Endpoint({
    summary: 'Register a key that requests of this device are signed with',
    access: fresh(SIGNED_IN),
    status: 204,
  })
  async put(
    @CurrentUser() user: UserPrincipal,
    @IdParam('deviceId') deviceId: DeviceId,
    @Body() { publicKey }: PutSigningKeyBody,
  ): Promise<void> {
    if (deviceId !== user.deviceId) throw new NotFound();
    await this.keys.register(user.userId, deviceId, publicKey);
  }

  /** The last request that has to be signed. */
  @Delete()
  @Endpoint({ summary: 'Remove that key', access: SIGNED_IN, status: 204 })
  async delete(@CurrentUser() user: UserPrincipal, @IdParam('deviceId') deviceId: DeviceId): Promise<void> {
    if (deviceId !== user.deviceId) throw new NotFound();
    await this.keys.remove(user.userId, deviceId);
  }
}
