import { z } from 'zod';
import type { ProviderName } from './identity-providers';

const MAX_KEYS = 20;

/** Public RSA keys (RFC 7517, RFC 7518 section 6.3); what else a provider publishes is of no use here. */
export const ProviderJwk = z.object({
  kty: z.literal('RSA'),
  kid: z.string().min(1).max(200),
  use: z.literal('sig').default('sig'),
  alg: z.literal('RS256').default('RS256'),
  n: z.string().max(2_000),
  e: z.string().max(20),
});
export type ProviderJwk = z.infer<typeof ProviderJwk>;

/** A JWKS: keys of another kind are left out, and without any usable one it is not good. */
export const ProviderJwks = z
  .object({ keys: z.array(z.unknown()).max(MAX_KEYS) })
  .transform(({ keys }) => keys.flatMap((key) => ProviderJwk.safeParse(key).data ?? []))
  .refine((keys) => keys.length > 0);

export interface ProviderKeySet {
  readonly keys: readonly ProviderJwk[];
  readonly fetchedAt: Date;
}

/** The last good keys of each provider, for a process that starts while the provider is away. */
export abstract class ProviderKeyStore {
  abstract load(provider: ProviderName): Promise<ProviderKeySet | undefined>;
  /** Does nothing when newer ones are there. */
  abstract save(provider: ProviderName, set: ProviderKeySet): Promise<void>;
}
