import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Shutdown } from '../../../../platform/lifecycle/shutdown';
import { Turns } from '../../../../platform/lifecycle/turns';
import { DeliveryDispatcher } from './delivery-dispatcher';

const LOOK_EVERY_MS = 250;

/** Looks for deliveries that are due. */
@Injectable()
export class DeliveriesSchedule implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly turns: Turns;

  constructor(dispatcher: DeliveryDispatcher, shutdown: Shutdown) {
    const logger = new Logger(DeliveriesSchedule.name);
    const failed = 'claiming webhooks failed; the next turn tries again';
    this.turns = new Turns(
      { everyMs: LOOK_EVERY_MS, work: () => dispatcher.turn(), logger, failed },
      shutdown,
    );
    shutdown.onFlush(() => dispatcher.stop());
  }

  onApplicationBootstrap(): void {
    this.turns.start();
  }

  onModuleDestroy(): void {
    this.turns.stop();
  }
}
