import { Module } from '@nestjs/common';
import { InboxController } from './inbox.controller';
import { InboxService } from './inbox.service';
import { InboxStore } from './inbox.store';
import { PgInboxStore } from './pg-inbox.store';

@Module({
  controllers: [InboxController],
  providers: [InboxService, { provide: InboxStore, useClass: PgInboxStore }],
})
export class InboxHttpModule {}
