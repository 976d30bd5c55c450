import type { IncomingHttpHeaders } from 'node:http';
import type { Principal } from './principal';

/** How new the answer to "does this session still stand?" has to be: at most a minute old, or asked of the database. */
export type SessionCheck = 'recent' | 'now';

/** Turns the credential of a request into a principal. */
export abstract class Authenticator {
  /**
   * @returns undefined when the request carries no credential
   * @throws Unauthenticated when it carries one that is not good
   */
  abstract authenticate(headers: IncomingHttpHeaders, check: SessionCheck): Promise<Principal | undefined>;
}
