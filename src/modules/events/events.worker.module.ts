import { Module } from '@nestjs/common';
import { GatheredStore } from './gathered.store';
import { GatheredEvents } from './gathered-events';
import { PgGatheredStore } from './pg-gathered.store';

@Module({ providers: [GatheredEvents, { provide: GatheredStore, useClass: PgGatheredStore }] })
export class EventsWorkerModule {}
