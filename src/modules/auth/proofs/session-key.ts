import { createParamDecorator, type ExecutionContext, Injectable, type PipeTransform } from '@nestjs/common';
import type { CredentialedRequest } from '../../../platform/http/authenticator';
import { ApiHeader } from '../../../platform/http/documented';
import { DpopProofs } from './dpop-proofs';

const Request = createParamDecorator(
  (_: unknown, context: ExecutionContext): CredentialedRequest => context.switchToHttp().getRequest(),
);

@Injectable()
class SignInKey implements PipeTransform {
  constructor(private readonly proofs: DpopProofs) {}

  transform(request: CredentialedRequest): Promise<string | undefined> {
    return this.proofs.keyOf(request, 'elsewhere');
  }
}

@Injectable()
class RefreshKey implements PipeTransform {
  constructor(private readonly proofs: DpopProofs) {}

  transform(request: CredentialedRequest): Promise<string | undefined> {
    return this.proofs.keyOf(request, 'refresh');
  }
}

const provenKey =
  (pipe: typeof SignInKey | typeof RefreshKey): ParameterDecorator =>
  (target, name, index) => {
    Request(pipe)(target, name, index);
    const method = name === undefined ? undefined : Object.getOwnPropertyDescriptor(target, name);
    if (name === undefined || method === undefined) return;
    const description = 'Proof of a key (RFC 9449) that the session is bound to';
    ApiHeader({ name: 'DPoP', required: false, description })(target, name, method);
  };

/**
 * Of every sign-in: the thumbprint of the key that its `DPoP` header proves, undefined without one. The session that
 * is opened with it (`SessionsService.open`) is bound to that key.
 */
export const SessionKey = (): ParameterDecorator => provenKey(SignInKey);

/** The same for a refresh, whose refusals are 400. */
export const RefreshedKey = (): ParameterDecorator => provenKey(RefreshKey);
