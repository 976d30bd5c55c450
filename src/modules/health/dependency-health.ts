import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import {
  type HealthCheckResult,
  type HealthCheckService,
  type HealthIndicatorResult,
  HealthIndicatorService,
} from '@nestjs/terminus';
import { Redis } from 'ioredis';
import { Database } from '../../platform/database/database';
import { EventQueue } from '../../platform/sqs/event-queue';
import { ObjectStorage } from '../../platform/storage/object-storage';

const TIMEOUT_MS = 1_500;
/** Anybody may ask, as often as they like: for so long after it was found the answer is the same. */
const KEEP_MS = 1_000;

/** Asks each dependency at once, each for a bounded time. Only the database decides; the others degrade. */
@Injectable()
export class DependencyHealth {
  private latest: Promise<HealthCheckResult> | undefined;

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly database: Database,
    private readonly redis: Redis,
    private readonly queue: EventQueue,
    private readonly storage: ObjectStorage,
  ) {}

  check(health: HealthCheckService): Promise<HealthCheckResult> {
    this.latest ??= this.ask(health).finally(() => {
      setTimeout(() => {
        this.latest = undefined;
      }, KEEP_MS).unref();
    });
    return this.latest;
  }

  private async ask(health: HealthCheckService): Promise<HealthCheckResult> {
    const result = await health
      .check([
        () => this.needed('database', () => this.database.ping()),
        () => this.useful('redis', () => this.redis.ping()),
        () => this.useful('queue', () => this.queue.ping()),
        () => this.useful('storage', () => this.storage.ping()),
      ])
      .catch(resultOfUnhealthy);
    return { ...result, details: statesOf(result.details), info: statesOf(result.info ?? {}) };
  }

  private async needed(name: string, ask: () => Promise<unknown>): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check(name);
    return (await answers(ask)) ? indicator.up() : indicator.down();
  }

  private async useful(name: string, ask: () => Promise<unknown>): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check(name);
    return (await answers(ask)) ? indicator.up() : indicator.up({ degraded: true });
  }
}

async function answers(ask: () => Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), TIMEOUT_MS);
  });
  const asked = ask().then(
    () => true,
    () => false,
  );
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}

/** Terminus throws when something is down; its result is the exception's response. */
function resultOfUnhealthy(error: unknown): HealthCheckResult {
  if (!(error instanceof ServiceUnavailableException)) throw error;
  return error.getResponse() as HealthCheckResult;
}

/** Terminus knows up and down only: a dependency that is away but not needed is shown as degraded. */
function statesOf(results: Partial<HealthIndicatorResult>): HealthIndicatorResult {
  return Object.fromEntries(
    Object.entries(results).map(([name, result]) => [
      name,
      { status: (result?.degraded === true ? 'degraded' : result?.status) as 'up' },
    ]),
  );
}
