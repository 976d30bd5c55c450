import { Injectable, type OnApplicationShutdown } from '@nestjs/common';

type Step = () => Promise<unknown> | unknown;

/**
 * What happens after the last request and the last message: first everything that still has something to write
 * flushes, then the clients close. Nest gives no order between providers of one hook; this one does.
 */
@Injectable()
export class Shutdown implements OnApplicationShutdown {
  private readonly flushes: Step[] = [];
  private readonly closes: Step[] = [];

  /** Runs before any client is closed. */
  onFlush(step: Step): void {
    this.flushes.push(step);
  }

  onClose(step: Step): void {
    this.closes.push(step);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.allSettled(this.flushes.map(async (step) => step()));
    await Promise.allSettled(this.closes.map(async (step) => step()));
  }
}
