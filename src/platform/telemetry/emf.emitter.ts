import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { appConfig, metricsConfig } from '../../config/slices';
import { Shutdown } from '../lifecycle/shutdown';
import { LogLines } from '../logging/log-lines';
import { tellFailure } from '../sentry/tell-failure';
import { EmfWindow } from './emf';
import { type PrometheusRecorder, recorder } from './telemetry';

const EVERY_MS = 60_000;

/** Where METRICS=emf: one line a minute, and one at the end, which CloudWatch makes metrics of. */
@Injectable()
export class EmfEmitter implements OnApplicationBootstrap {
  private readonly logger = new Logger(EmfEmitter.name);
  private readonly window: EmfWindow;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(appConfig.KEY) { stage, mode, release }: ConfigType<typeof appConfig>,
    @Inject(metricsConfig.KEY) private readonly config: ConfigType<typeof metricsConfig>,
    private readonly lines: LogLines,
    private readonly shutdown: Shutdown,
  ) {
    this.window = new EmfWindow({ stage, mode, release });
  }

  onApplicationBootstrap(): void {
    const kept = recorder();
    if (this.config.kind !== 'emf' || kept === undefined) return;
    this.timer = setInterval(() => void this.emit(kept), EVERY_MS).unref();
    this.shutdown.onFlush(async () => {
      clearInterval(this.timer);
      await this.emit(kept);
    });
  }

  private async emit(kept: PrometheusRecorder): Promise<void> {
    try {
      this.lines.writeDocument(`${this.window.document(await kept.snapshot(), Date.now())}\n`);
    } catch (err) {
      tellFailure(this.logger, err, 'the metrics of a minute were not written');
    }
  }
}
