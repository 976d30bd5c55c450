import { Injectable, Optional } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Clock } from '../../shared/clock';
import { asksWhoCalls, assertAllowed, sessionCheckOf } from './access';
import { Authenticator } from './authenticator';
import { ClientGate } from './client-gate';
import type { EndpointOptions } from './endpoint';
import { Idempotency } from './idempotency';
import { RateLimiter } from './rate-limiter';

/**
 * What stands between a request and its handler, in the contract's order: authentication, the app's
 * version, rate limit, idempotency.
 * A process that lacks a part (the worker serves health only) refuses to start with a route that needs it.
 */
@Injectable()
export class RequestGate {
  constructor(
    private readonly clock: Clock,
    @Optional() private readonly authenticator?: Authenticator,
    @Optional() private readonly limiter?: RateLimiter,
    @Optional() private readonly idempotency?: Idempotency,
    @Optional() private readonly clients?: ClientGate,
  ) {}

  /** @throws Error at start-up when this process can't keep what the endpoint declares */
  assertServes(endpoint: EndpointOptions, route: string): void {
    const missing =
      (asksWhoCalls(endpoint.access) && this.authenticator === undefined) ||
      (endpoint.limits?.length && this.limiter === undefined) ||
      (endpoint.idempotency !== undefined && this.idempotency === undefined);
    if (missing) throw new Error(`${route} needs a guard that this process does not have`);
  }

  async admit(request: FastifyRequest, reply: FastifyReply, endpoint: EndpointOptions): Promise<void> {
    if (asksWhoCalls(endpoint.access)) {
      const check = sessionCheckOf(endpoint.access);
      request.principal = await this.authenticator?.authenticate(request, check);
      assertAllowed(endpoint.access, request.principal, this.clock.now());
    }
    const unsure = this.clients?.assertServed(request, endpoint.open);
    if (unsure !== undefined) await unsure;
    if (!endpoint.limits?.length) return;
    const { ip, principal, body } = request;
    const fields = await this.limiter?.consume(endpoint.limits, { ip, principal, body });
    if (fields !== undefined)
      reply.header('ratelimit-policy', fields.policy).header('ratelimit', fields.limit);
  }

  async claimKey(request: FastifyRequest, reply: FastifyReply, required: boolean): Promise<void> {
    await this.idempotency?.before(request, reply, required);
  }

  async settleKey(request: FastifyRequest, reply: FastifyReply, payload: unknown): Promise<void> {
    await this.idempotency?.settle(request, reply, payload);
  }
}
