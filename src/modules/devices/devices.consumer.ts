import { Injectable } from '@nestjs/common';
import { JobHandlers } from '../jobs';
import { EndSilentDevices } from './devices.jobs';
import { SilentDevices } from './silent-devices';

@Injectable()
export class DevicesConsumer {
  constructor(jobs: JobHandlers, silent: SilentDevices) {
    jobs.on(EndSilentDevices, () => silent.endPush());
  }
}
