import { DomainError } from '../../../shared/domain-error';

/** RFC 9449, section 5.1: what a challenge offers. */
const DPOP = 'DPoP algs="ES256 EdDSA"';
/** RFC 9421, section 5.1: what a signature has to cover and say. */
const ACCEPT_SIGNATURE = 'sig=("@method" "@target-uri" "content-digest");created;nonce;keyid;alg';

/** A challenge of RFC 9449, section 7.1. */
export const dpopChallenge = (error: string): Record<string, string> => ({
  'www-authenticate': `${DPOP}, error="${error}"`,
});

/** Where a proof is met: a refresh answers 400 like the token endpoint of RFC 9449, section 5, everything else 401. */
export type ProofPlace = 'refresh' | 'elsewhere';

const statusAt = (place: ProofPlace) => (place === 'refresh' ? { answeredAs: 'malformed' as const } : {});

export class InvalidDpopProof extends DomainError {
  readonly kind = 'unauthenticated';
  readonly code = 'invalid_dpop_proof';
  readonly title = 'This needs a fresh DPoP proof by the key of the session';

  constructor(detail: string, place: ProofPlace = 'elsewhere') {
    super({ detail, headers: dpopChallenge('invalid_dpop_proof'), ...statusAt(place) });
  }
}

export class UseDpopNonce extends DomainError {
  readonly kind = 'unauthenticated';
  readonly code = 'use_dpop_nonce';
  readonly title = 'Make the DPoP proof again with the nonce of the DPoP-Nonce header';

  constructor(nonce: string, place: ProofPlace = 'elsewhere') {
    super({
      headers: { ...dpopChallenge('use_dpop_nonce'), 'dpop-nonce': nonce },
      ...statusAt(place),
    });
  }
}

export class SignatureRequired extends DomainError {
  readonly kind = 'unauthenticated';
  readonly code = 'signature_required';
  readonly title = 'This credential belongs to a key that signs every request';

  constructor() {
    super({ headers: { 'accept-signature': ACCEPT_SIGNATURE } });
  }
}

export class SignatureInvalid extends DomainError {
  readonly kind = 'unauthenticated';
  readonly code = 'signature_invalid';
  readonly title = 'The signature of the request is not good';

  constructor(detail: string) {
    super({ detail, headers: { 'accept-signature': ACCEPT_SIGNATURE } });
  }
}

export class UseSignatureNonce extends DomainError {
  readonly kind = 'unauthenticated';
  readonly code = 'use_signature_nonce';
  readonly title = 'Sign again with a nonce that starts with the one of the Signature-Nonce header';

  constructor(nonce: string) {
    super({ headers: { 'signature-nonce': nonce } });
  }
}
