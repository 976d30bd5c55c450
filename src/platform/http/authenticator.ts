import type { IncomingHttpHeaders } from 'node:http';
import type { Principal } from './principal';

/** How new the answer to "does this session still stand?" has to be: at most a minute old, or asked of the database. */
export type SessionCheck = 'recent' | 'now';

/** What a credential may have to be proved for: Fastify's request is one. */
export interface CredentialedRequest {
  readonly method: string;
  /** The target as it was sent: path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** The bytes of the body, where the request is signed. */
  readonly rawBody: Buffer | undefined;
}

/** Turns the credential of a request into a principal. */
export abstract class Authenticator {
  /**
   * @returns undefined when the request carries no credential
   * @throws Unauthenticated when it carries one that is not good
   */
  abstract authenticate(request: CredentialedRequest, check: SessionCheck): Promise<Principal | undefined>;
}
