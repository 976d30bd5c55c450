import { type DynamicModule, Module } from '@nestjs/common';
import { type ExpiryRule, ExpirySweepModule } from '../../platform/database/expiry-sweep';
import { HousekeepingConsumer } from './housekeeping.consumer';

/** What the calendar asks of the database, by the rules of every module that leaves something behind. */
@Module({ providers: [HousekeepingConsumer] })
export class HousekeepingWorkerModule {
  static for(rules: readonly ExpiryRule[]): DynamicModule {
    return { module: HousekeepingWorkerModule, imports: [ExpirySweepModule.for(rules)] };
  }
}
