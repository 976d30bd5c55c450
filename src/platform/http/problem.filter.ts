import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ZodValidationException } from 'nestjs-zod';
import { ZodError } from 'zod';
import { DomainError, NotFound, ValidationFailed } from '../../shared/domain-error';
import { reportError } from '../sentry/reporting';
import { InternalError, MalformedRequest, PayloadTooLarge, UnsupportedMediaType } from './http.errors';
import { principalKey } from './principal';
import { toProblem } from './problem';

const logger = new Logger('ProblemFilter');

/** The one place where an error becomes an answer. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    sendProblem(error, http.getRequest(), http.getResponse());
  }
}

/** Answers with a problem document; what nobody expected is logged and says nothing of itself. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const expected = toDomainError(error);
  if (expected.kind === 'internal') tellOperators(error, request);
  const problem = toProblem(expected, request.id);
  void reply.code(problem.status).headers(problem.headers).send(problem.body);
}

function tellOperators(error: unknown, request: FastifyRequest): void {
  logger.error({ err: error }, 'unexpected error');
  const { method, principal, routeOptions } = request;
  reportError(error, {
    method,
    route: routeOptions.url,
    status: 500,
    principal: principal && principalKey(principal),
  });
}

function toDomainError(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  if (error instanceof ZodValidationException) return fromZod(error.getZodError());
  if (error instanceof HttpException) return fromStatus(error.getStatus());
  return new InternalError();
}

function fromZod(error: unknown): DomainError {
  if (!(error instanceof ZodError)) return new ValidationFailed([]);
  return new ValidationFailed(
    error.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({ path: [...issue.path, key].join('.'), message: 'is not known' }))
        : [{ path: issue.path.join('.') || 'body', message: issue.message }],
    ),
  );
}

/** Fastify's own refusals reach Nest as bare statuses. */
function fromStatus(status: number): DomainError {
  switch (status) {
    case 404:
      return new NotFound();
    case 413:
      return new PayloadTooLarge();
    case 415:
      return new UnsupportedMediaType();
    default:
      return status < 500 ? new MalformedRequest() : new InternalError();
  }
}
