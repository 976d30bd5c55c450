import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { DependencyHealth } from './dependency-health';
import { HealthController } from './health.controller';
import { SchemaVersion } from './schema-version';
import { StartupCheck } from './startup-check';

/** The same in both modes. */
@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [DependencyHealth, SchemaVersion, StartupCheck],
  exports: [StartupCheck],
})
export class HealthHttpModule {}
