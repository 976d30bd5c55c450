import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { pushTargetsConfig } from '../../config/slices';
import { AuditModule } from '../audit';
import { DeviceStore } from './device.store';
import { DeviceSigningKeys } from './device-signing-keys';
import { DevicesService } from './devices.service';
import { PgDeviceStore } from './pg-device.store';
import { PgPushBindingStore } from './pg-push-binding.store';
import { PushBindingStore } from './push-binding.store';
import { PushBindings } from './push-bindings';

@Module({
  imports: [AuditModule, ConfigModule.forFeature(pushTargetsConfig)],
  providers: [
    DevicesService,
    DeviceSigningKeys,
    PushBindings,
    { provide: DeviceStore, useClass: PgDeviceStore },
    { provide: PushBindingStore, useClass: PgPushBindingStore },
  ],
  exports: [DevicesService, DeviceSigningKeys, PushBindings],
})
export class DevicesModule {}
