import { Global, Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { webConfig } from '../../config/slices';
import { DrainDelay } from '../lifecycle/drain-delay';
import { Idempotency } from './idempotency';
import { IdempotencyStore } from './idempotency-store';
import { ProblemFilter } from './problem.filter';
import { RateLimiter } from './rate-limiter';
import { RequestGate } from './request-gate';
import { ValidationPipe } from './validation.pipe';

const answers = [
  { provide: APP_FILTER, useClass: ProblemFilter },
  { provide: APP_PIPE, useClass: ValidationPipe },
];

/** Health only: public routes without limits. */
@Module({ providers: [...answers, RequestGate], exports: [RequestGate] })
export class HealthOnlyHttpModule {}

/** The API: rate limits and idempotency; the authenticator comes from the auth module. */
@Global()
@Module({
  imports: [ConfigModule.forFeature(webConfig)],
  providers: [...answers, RateLimiter, IdempotencyStore, Idempotency, DrainDelay],
  exports: [RateLimiter, Idempotency],
})
export class ApiHttpModule {}
