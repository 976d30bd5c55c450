import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Shutdown } from '../../../platform/lifecycle/shutdown';
import { Turns } from '../../../platform/lifecycle/turns';
import { AuditSealer } from './audit-sealer';

const SEAL_EVERY_MS = 10_000;

/** Seals every ten seconds; in each worker, of which one is at it. */
@Injectable()
export class AuditSealing implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly turns: readonly Turns[];

  constructor(sealer: AuditSealer, shutdown: Shutdown) {
    const logger = new Logger(AuditSealing.name);
    // turns of their own: a bucket that is away must not keep the rows from being sealed
    const copy = () => sealer.copyNewest().then(() => false);
    this.turns = [
      { work: () => sealer.sealNext(), failed: 'the audit was not sealed; the next turn tries again' },
      { work: copy, failed: 'the newest audit seal was not copied to the archive' },
    ].map((loop) => new Turns({ ...loop, everyMs: SEAL_EVERY_MS, logger }, shutdown));
  }

  onApplicationBootstrap(): void {
    for (const loop of this.turns) loop.start();
  }

  onModuleDestroy(): void {
    for (const loop of this.turns) loop.stop();
  }
}
