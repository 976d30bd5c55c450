import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import pino from 'pino';
import { appConfig } from '../../config/slices';
import { BatchedLines } from './batched-lines';
import { consoleLine } from './console-format';

const FLUSH_EVERY_MS = 200;

/** The one way to stdout: lines are collected, written five times a second, and at the end. */
@Injectable()
export class LogLines implements OnApplicationShutdown {
  private readonly batched = new BatchedLines(pino.destination({ sync: false }));
  private readonly timer = setInterval(() => this.batched.flush(), FLUSH_EVERY_MS).unref();
  private readonly forPeople: boolean;

  constructor(@Inject(appConfig.KEY) config: ConfigType<typeof appConfig>) {
    this.forPeople = config.logFormat === 'console';
    process.once('exit', () => this.flushQuietly());
  }

  /** A line of the log, as JSON. */
  write(line: string): void {
    this.batched.write(this.forPeople ? consoleLine(line) : line);
  }

  /** A line that a machine reads, whatever the log looks like. */
  writeDocument(line: string): void {
    this.batched.write(line);
  }

  /** Called by pino before a fatal end. */
  flushSync(): void {
    this.batched.flushSync();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** At exit nothing can be done about a stream that is already gone. */
  private flushQuietly(): void {
    try {
      this.flushSync();
    } catch {
      // not open any more
    }
  }
}
