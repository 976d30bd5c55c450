import { Module } from '@nestjs/common';
import { AuditModule } from '../audit';
import { DeviceStore } from './device.store';
import { DevicesService } from './devices.service';
import { PgDeviceStore } from './pg-device.store';

@Module({
  imports: [AuditModule],
  providers: [DevicesService, { provide: DeviceStore, useClass: PgDeviceStore }],
  exports: [DevicesService],
})
export class DevicesModule {}
