import { Global, Module } from '@nestjs/common';
import { ConfigModule, type ConfigType } from '@nestjs/config';
import { clockConfig } from '../../config/slices';
import { Clock } from '../../shared/clock';
import { OffsetFileClock } from './offset-file.clock';
import { SystemClock } from './system.clock';

const clock = {
  provide: Clock,
  inject: [clockConfig.KEY],
  useFactory: (config: ConfigType<typeof clockConfig>): Clock =>
    config.offsetFile === undefined ? new SystemClock() : new OffsetFileClock(config.offsetFile),
};

@Global()
@Module({ imports: [ConfigModule.forFeature(clockConfig)], providers: [clock], exports: [clock] })
export class ClockModule {}
