import { Injectable, type OnModuleDestroy } from '@nestjs/common';

/** True from the moment a stop was asked for: readiness fails first, work in hand is finished after. */
@Injectable()
export class Draining implements OnModuleDestroy {
  private draining = false;

  get started(): boolean {
    return this.draining;
  }

  onModuleDestroy(): void {
    this.draining = true;
  }
}
