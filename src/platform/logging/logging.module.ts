import { Module } from '@nestjs/common';
import { ConfigModule, type ConfigType } from '@nestjs/config';
import { LoggerModule } from 'nestjs-pino';
import pino from 'pino';
import { appConfig } from '../../config/slices';
import { Shutdown } from '../lifecycle/shutdown';
import { AppLogger } from './app.logger';
import { BatchedLines } from './batched-lines';
import { logFormat, SERIALIZERS } from './log-format';

const FLUSH_EVERY_MS = 200;

/**
 * nestjs-pino without its middleware: one line a request comes from an `onResponse` hook, which costs a fraction.
 * Lines are buffered, and flushed five times a second and at the end.
 */
@Module({
  imports: [
    LoggerModule.forRootAsync({
      imports: [ConfigModule.forFeature(appConfig)],
      inject: [appConfig.KEY, Shutdown],
      useFactory: (config: ConfigType<typeof appConfig>, shutdown: Shutdown) => {
        const lines = new BatchedLines(pino.destination({ sync: false }));
        const timer = setInterval(() => lines.flush(), FLUSH_EVERY_MS).unref();
        process.once('exit', () => flushQuietly(lines));
        shutdown.onClose(() => clearInterval(timer));
        const logger = pino(logFormat({ ...config, level: config.logLevel }), lines);
        return {
          forRoutes: [],
          pinoHttp: { logger, autoLogging: false, serializers: SERIALIZERS, wrapSerializers: false },
        };
      },
    }),
  ],
  providers: [AppLogger],
  exports: [AppLogger],
})
export class LoggingModule {}

/** At exit nothing can be done about a stream that is already gone. */
function flushQuietly(lines: BatchedLines): void {
  try {
    lines.flushSync();
  } catch {
    // not open any more
  }
}
