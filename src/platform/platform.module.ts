import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { ClockModule } from './clock/clock.module';
import { DatabaseModule } from './database/database.module';
import { LifecycleModule } from './lifecycle/lifecycle.module';
import { LoggingModule } from './logging/logging.module';
import { RedisModule } from './redis/redis.module';
import { SentryModule } from './sentry/sentry.module';
import { QueueModule } from './sqs/queue.module';
import { StorageModule } from './storage/storage.module';
import { TelemetryModule } from './telemetry/telemetry.module';

/** The clients that both modes have. */
@Module({
  imports: [
    ConfigModule.forRoot({ ignoreEnvFile: true, ignoreEnvVars: true, cache: true }),
    LifecycleModule,
    LoggingModule,
    ClockModule,
    DatabaseModule,
    RedisModule,
    QueueModule,
    StorageModule,
    TelemetryModule,
    SentryModule,
  ],
})
export class PlatformModule {}
