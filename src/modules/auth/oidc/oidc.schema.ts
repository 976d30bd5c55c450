import { createZodDto } from 'nestjs-zod/dto';
import { z } from 'zod';
import { SignInDevice } from '../../devices';

export class OidcBody extends createZodDto(
  z.strictObject({
    idToken: z.string().min(1).max(8_192),
    /** As the app chose it; the provider is given its SHA-256 in hex. */
    nonce: z.string().min(16).max(256),
    device: SignInDevice,
    /** Apple's, good for five minutes: what it is exchanged for is revoked when the account is deleted. */
    authorizationCode: z.string().min(1).max(2_048).optional(),
  }),
) {}
