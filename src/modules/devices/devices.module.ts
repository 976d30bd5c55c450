import { Module } from '@nestjs/common';
import { DeviceStore } from './device.store';
import { DevicesController } from './devices.controller';
import { DevicesService } from './devices.service';
import { PgDeviceStore } from './pg-device.store';

@Module({
  providers: [DevicesService, { provide: DeviceStore, useClass: PgDeviceStore }],
  exports: [DevicesService],
})
export class DevicesModule {}

@Module({ imports: [DevicesModule], controllers: [DevicesController] })
export class DevicesHttpModule {}
