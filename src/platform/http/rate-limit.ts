import { countedAddress } from './client-address';
import { type Principal, principalKey } from './principal';

/** What a limit may count by. The body is not validated yet: a limit treats it as anything. */
export interface LimitedRequest {
  readonly ip: string;
  readonly principal: Principal | undefined;
  readonly body: unknown;
}

export interface RateLimit {
  /** Stands in the `RateLimit` fields and in the counter's key. */
  readonly name: string;
  readonly points: number;
  readonly windowSeconds: number;
  /** What is counted. Personal data must be hashed. Undefined: this limit does not apply to the request. */
  readonly key: (request: LimitedRequest) => string | undefined;
  /** Each process counts for itself: enough against floods, where asking Redis would cost more than the request. */
  readonly perProcess?: true;
}

export const byIp = ({ ip }: LimitedRequest): string => countedAddress(ip);

export const byPrincipalOrIp = ({ principal, ip }: LimitedRequest): string =>
  principal === undefined ? countedAddress(ip) : principalKey(principal);

export const DEFAULT_LIMIT: RateLimit = {
  name: 'default',
  points: 600,
  windowSeconds: 60,
  key: byPrincipalOrIp,
};
