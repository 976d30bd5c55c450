import type { IncomingHttpHeaders } from 'node:http';
import type { Principal } from './principal';

/** Turns the credential of a request into a principal. */
export abstract class Authenticator {
  /**
   * @returns undefined when the request carries no credential
   * @throws Unauthenticated when it carries one that is not good
   */
  abstract authenticate(headers: IncomingHttpHeaders): Promise<Principal | undefined>;
}
