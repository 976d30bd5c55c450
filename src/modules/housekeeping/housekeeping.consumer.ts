import { Injectable } from '@nestjs/common';
import { ExpirySweep } from '../../platform/database/expiry-sweep';
import { JobHandlers } from '../jobs';
import { DeleteExpired } from './housekeeping.jobs';

@Injectable()
export class HousekeepingConsumer {
  constructor(jobs: JobHandlers, expiry: ExpirySweep) {
    jobs.on(DeleteExpired, async () => {
      await expiry.sweep();
    });
  }
}
