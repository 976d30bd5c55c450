import { Module } from '@nestjs/common';
import { DeviceStore } from './device.store';
import { DevicesService } from './devices.service';
import { PgDeviceStore } from './pg-device.store';

@Module({
  providers: [DevicesService, { provide: DeviceStore, useClass: PgDeviceStore }],
  exports: [DevicesService],
})
export class DevicesModule {}
