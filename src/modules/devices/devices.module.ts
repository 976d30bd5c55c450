import { Module } from '@nestjs/common';
import { AuditModule } from '../audit';
import { DeviceStore } from './device.store';
import { DeviceSigningKeys } from './device-signing-keys';
import { DevicesService } from './devices.service';
import { PgDeviceStore } from './pg-device.store';

@Module({
  imports: [AuditModule],
  providers: [DevicesService, DeviceSigningKeys, { provide: DeviceStore, useClass: PgDeviceStore }],
  exports: [DevicesService, DeviceSigningKeys],
})
export class DevicesModule {}
