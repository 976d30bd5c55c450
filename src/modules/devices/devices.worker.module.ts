import { Module } from '@nestjs/common';
import { DevicesConsumer } from './devices.consumer';
import { PgSilentDeviceStore } from './pg-silent-device.store';
import { SilentDeviceStore } from './silent-device.store';
import { SilentDevices } from './silent-devices';

/** What the calendar asks of devices. */
@Module({
  providers: [DevicesConsumer, SilentDevices, { provide: SilentDeviceStore, useClass: PgSilentDeviceStore }],
})
export class DevicesWorkerModule {}
