import { Injectable, Logger } from '@nestjs/common';
import { JobHandlers } from '../../jobs';
import { MakeAuditMonths } from '../audit.jobs';
import { AuditMonths } from './audit-months';

@Injectable()
export class AuditMonthsConsumer {
  private readonly logger = new Logger(AuditMonthsConsumer.name);

  constructor(jobs: JobHandlers, months: AuditMonths) {
    jobs.on(MakeAuditMonths, async () => {
      const made = await months.makeAhead();
      if (made.length > 0) this.logger.log({ count: made.length }, 'made months of the audit ahead of time');
    });
  }
}
