import type { IncomingHttpHeaders } from 'node:http';
import type { EndpointOptions } from './endpoint';
import type { Principal } from './principal';

/** Fastify's request is one. */
export interface GatedRequest {
  readonly headers: IncomingHttpHeaders;
  readonly principal: Principal | undefined;
}

/** Whether this version of the app is served, and whether anybody is just now. */
export abstract class ClientGate {
  /**
   * Answers at once whenever it can: it stands in the way of every request.
   * @throws DomainError, or rejects with it, when the request is turned away
   */
  abstract assertServed(request: GatedRequest, open: EndpointOptions['open']): Promise<void> | undefined;
}
