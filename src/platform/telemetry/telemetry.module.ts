import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { appConfig, metricsConfig } from '../../config/slices';
import { LogLinesModule } from '../logging/logging.module';
import { EmfEmitter } from './emf.emitter';

@Module({
  imports: [ConfigModule.forFeature(appConfig), ConfigModule.forFeature(metricsConfig), LogLinesModule],
  providers: [EmfEmitter],
})
export class TelemetryModule {}
