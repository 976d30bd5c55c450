import { Injectable } from '@nestjs/common';
import { JobHandlers } from '../jobs';
import { ArchiveMonths } from './archive.jobs';
import { MonthlyArchiving } from './monthly-archiving';

@Injectable()
export class ArchiveConsumer {
  constructor(jobs: JobHandlers, archiving: MonthlyArchiving) {
    jobs.on(ArchiveMonths, async () => {
      await archiving.run();
    });
  }
}
