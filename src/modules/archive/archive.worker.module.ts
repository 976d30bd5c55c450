import { type DynamicModule, Module } from '@nestjs/common';
import type { ArchivedTable } from '../../platform/database/archived-table';
import { SubjectKeysModule } from '../subject-keys';
import { ArchiveConsumer } from './archive.consumer';
import { ArchiveStore } from './archive.store';
import { MonthExport } from './month-export';
import { ARCHIVED_TABLES, MonthlyArchiving } from './monthly-archiving';
import { PgArchiveStore } from './pg-archive.store';

/** For the worker: the tables of every module whose aged rows are kept elsewhere. */
@Module({})
export class ArchiveWorkerModule {
  static for(tables: readonly ArchivedTable[]): DynamicModule {
    return {
      module: ArchiveWorkerModule,
      imports: [SubjectKeysModule],
      providers: [
        ArchiveConsumer,
        MonthExport,
        MonthlyArchiving,
        { provide: ArchiveStore, useClass: PgArchiveStore },
        { provide: ARCHIVED_TABLES, useValue: tables },
      ],
    };
  }
}
