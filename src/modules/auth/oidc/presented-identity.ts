import { z } from 'zod';
import { PROVIDER_NAMES } from './identity-providers';

/** An identity on its way from its ID token to a session: it waits with the sign-in for a second factor. */
export const PresentedIdentity = z.object({
  provider: z.enum(PROVIDER_NAMES),
  subject: z.string(),
  /** The address that a new one finds its account by; null for one that is the account's already. */
  linkedBy: z.string().nullable(),
  /** Apple's, to be exchanged once the identity is in. */
  authorization: z.object({ code: z.string(), clientId: z.string(), expiresAt: z.coerce.date() }).nullable(),
});
export type PresentedIdentity = z.infer<typeof PresentedIdentity>;
export type Authorization = NonNullable<PresentedIdentity['authorization']>;
