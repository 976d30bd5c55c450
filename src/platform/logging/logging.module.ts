import { Module } from '@nestjs/common';
import { ConfigModule, type ConfigType } from '@nestjs/config';
import { LoggerModule } from 'nestjs-pino';
import pino from 'pino';
import { appConfig } from '../../config/slices';
import { AppLogger } from './app.logger';
import { logFormat, SERIALIZERS } from './log-format';
import { LogLines } from './log-lines';

@Module({ imports: [ConfigModule.forFeature(appConfig)], providers: [LogLines], exports: [LogLines] })
export class LogLinesModule {}

/** nestjs-pino without its middleware: one line a request comes from an `onResponse` hook, which costs a fraction. */
@Module({
  imports: [
    LoggerModule.forRootAsync({
      imports: [ConfigModule.forFeature(appConfig), LogLinesModule],
      inject: [appConfig.KEY, LogLines],
      useFactory: (config: ConfigType<typeof appConfig>, lines: LogLines) => {
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
