import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { pushTargetsConfig } from '../../config/slices';
import { AuditModule } from '../audit';
import { DeviceStore } from './device.store';
import { DeviceSigningKeys } from './device-signing-keys';
import { DevicesService } from './devices.service';
import { PgDeviceStore } from './pg-device.store';
import { PgPushBindingStore } from './pg-push-binding.store';
import { PgRunningVersionStore } from './pg-running-version.store';
import { PushBindingStore } from './push-binding.store';
import { PushBindings } from './push-bindings';
import { RunningVersionStore } from './running-version.store';

@Module({
  imports: [AuditModule, ConfigModule.forFeature(pushTargetsConfig)],
  providers: [
    DevicesService,
    DeviceSigningKeys,
    PushBindings,
    { provide: DeviceStore, useClass: PgDeviceStore },
    { provide: PushBindingStore, useClass: PgPushBindingStore },
    { provide: RunningVersionStore, useClass: PgRunningVersionStore },
  ],
  exports: [DevicesService, DeviceSigningKeys, PushBindings, RunningVersionStore],
})
export class DevicesModule {}
