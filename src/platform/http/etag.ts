import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '../../shared/domain-error';
import { sha256 } from '../../shared/hash';

const TAG = /(?:W\/)?"[^"]*"/g;
const TAG_LENGTH = 22;

export class PreconditionFailed extends DomainError {
  readonly kind = 'precondition_failed';
  readonly code = 'precondition_failed';
  readonly title = 'It was changed since it was read';
}

/**
 * Gives an answer its `ETag`; whoever has it already (`If-None-Match`) gets 304 without a body. RFC 9110, section 8.8.3
 * and 13.
 * @returns the payload to send
 */
export function tagAnswer(request: FastifyRequest, reply: FastifyReply, payload: unknown): unknown {
  if (reply.statusCode >= 300 || typeof payload !== 'string') return payload;
  const tag = entityTag(payload);
  // may be kept by whoever asked, and is asked for again each time
  reply.headers({ etag: tag, 'cache-control': 'private, no-cache' });
  const { 'if-none-match': known } = request.headers;
  if (!['GET', 'HEAD'].includes(request.method) || known === undefined || !names(known, tag)) return payload;
  reply.code(304).removeHeader('content-type');
  return null;
}

/** What a change was made for: `If-Match` and `If-None-Match` of a request that writes. */
export class Precondition {
  constructor(
    private readonly ifMatch: string | undefined,
    private readonly ifNoneMatch: string | undefined,
  ) {}

  /**
   * @param current what the caller would read now, as the answer would say it; undefined when there is nothing
   * @throws PreconditionFailed
   */
  assert(current: unknown): void {
    const tag = current === undefined ? undefined : entityTag(JSON.stringify(current));
    const { ifMatch, ifNoneMatch } = this;
    const missed = ifMatch !== undefined && (tag === undefined || !namesExactly(ifMatch, tag));
    const taken = ifNoneMatch !== undefined && tag !== undefined && names(ifNoneMatch, tag);
    if (missed || taken) throw new PreconditionFailed();
  }
}

/** The conditions of a request, on an endpoint that declares `etag`. */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): Precondition => {
  const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
  return new Precondition(headers['if-match'], headers['if-none-match']);
});

const entityTag = (payload: string): string =>
  `"${sha256(payload).toString('base64url').slice(0, TAG_LENGTH)}"`;

/** A weak tag never matches: whoever has changed the bytes on the way may have changed more. */
const namesExactly = (header: string, tag: string): boolean =>
  header.trim() === '*' || tagsIn(header).includes(tag);

/** A balancer that packs an answer makes its tag a weak one: good enough for reading. */
const names = (header: string, tag: string): boolean =>
  header.trim() === '*' || tagsIn(header).some((one) => one.replace(/^W\//, '') === tag);

const tagsIn = (header: string): readonly string[] => header.match(TAG) ?? [];
