import { Module } from '@nestjs/common';
import { AuditModule } from '../audit';
import { JobAdministration } from './admin/job-administration.service';
import { JobsController } from './admin/jobs.controller';
import { JobsModule } from './jobs.module';

@Module({
  imports: [AuditModule, JobsModule],
  controllers: [JobsController],
  providers: [JobAdministration],
})
export class JobsHttpModule {}
