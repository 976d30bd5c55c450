import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Shutdown } from '../../../platform/lifecycle/shutdown';
import { Turns } from '../../../platform/lifecycle/turns';
import { AuditSealer } from './audit-sealer';

const SEAL_EVERY_MS = 10_000;

/** Seals every ten seconds; in each worker, of which one is at it. */
@Injectable()
export class AuditSealing implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly turns: Turns;
  private readonly logger = new Logger(AuditSealing.name);

  constructor(
    private readonly sealer: AuditSealer,
    shutdown: Shutdown,
  ) {
    this.turns = new Turns(
      {
        everyMs: SEAL_EVERY_MS,
        work: () => this.turn(),
        logger: this.logger,
        failed: 'the audit was not sealed; the next turn tries again',
      },
      shutdown,
    );
  }

  onApplicationBootstrap(): void {
    this.turns.start();
  }

  onModuleDestroy(): void {
    this.turns.stop();
  }

  private async turn(): Promise<boolean> {
    const more = await this.sealer.sealNext();
    // a bucket that is away must not keep the rows from being sealed
    await this.sealer
      .copyNewest()
      .catch((err) => this.logger.warn({ err }, 'the newest audit seal was not copied to the archive'));
    return more;
  }
}
