import { Injectable, Logger } from '@nestjs/common';
import { type CryptoKey, createLocalJWKSet, errors, type JWSHeaderParameters } from 'jose';
import { Shutdown } from '../../../platform/lifecycle/shutdown';
import { HttpClient } from '../../../platform/outbound/http-client';
import { observeProviderCall } from '../../../platform/telemetry/provider-calls';
import { Clock, DAY, HOUR, secondsAfter } from '../../../shared/clock';
import { SafeError } from '../../../shared/safe-error';
import type { IdentityProvider, ProviderName } from './identity-providers';
import { IdentityProviderUnavailable } from './oidc.errors';
import { ProviderJwks, type ProviderKeySet, ProviderKeyStore } from './provider-key.store';
import { ProviderKeys } from './provider-keys';

const HTTP = { timeoutMs: 2_000, maxBytes: 64 * 1024 };
/** Older keys are still good, but somebody looks for newer ones meanwhile. */
const FRESH_SECONDS = HOUR;
/** Nobody trusts a key for ever that its owner may have withdrawn. */
const TRUSTED_SECONDS = 7 * DAY;
/** Made-up key ids must not become requests to the provider. */
const COOL_DOWN_SECONDS = { answered: 30, failed: 5 };

/** Keys that are read from their JSON once. */
interface Known extends ProviderKeySet {
  readonly resolve: ReturnType<typeof createLocalJWKSet>;
}

/** What this process knows of one provider. */
interface Held {
  set: Known | undefined;
  lookedAt: Date | undefined;
  /** The last look brought nothing. */
  failed: boolean;
  refreshing: Promise<void> | undefined;
}

/**
 * Keys from the provider's JWKS: in memory, behind it the database, behind that the provider. An unknown key id makes
 * it look again, after a cool-down. jose's own remote set forgets its keys by age even when the provider is away, and
 * starts with none.
 */
@Injectable()
export class JwksProviderKeys extends ProviderKeys {
  private readonly logger = new Logger(JwksProviderKeys.name);
  private readonly held = new Map<ProviderName, Held>();
  private readonly http = new HttpClient(HTTP);

  constructor(
    private readonly store: ProviderKeyStore,
    private readonly clock: Clock,
    shutdown: Shutdown,
  ) {
    super();
    shutdown.onClose(() => this.http.destroy());
  }

  async find(provider: IdentityProvider, header: JWSHeaderParameters): Promise<CryptoKey | undefined> {
    const held = await this.heldOf(provider.name);
    const known = await keyIn(this.trusted(held), header);
    if (known !== undefined) {
      if (!this.within(held, FRESH_SECONDS)) void this.refresh(provider, held);
      return known;
    }
    await this.refresh(provider, held);
    const found = await keyIn(this.trusted(held), header);
    if (found === undefined && held.failed) throw new IdentityProviderUnavailable();
    return found;
  }

  private async heldOf(name: ProviderName): Promise<Held> {
    const known = this.held.get(name);
    if (known !== undefined) return known;
    const set = await this.store.load(name);
    const held = { set: set && toKnown(set), lookedAt: undefined, failed: false, refreshing: undefined };
    // another request may have been faster
    if (!this.held.has(name)) this.held.set(name, held);
    return this.held.get(name) ?? held;
  }

  /** One request at a time, and none during the cool-down. Never fails: what is known stays known. */
  private async refresh(provider: IdentityProvider, held: Held): Promise<void> {
    if (held.refreshing === undefined) {
      if (this.coolsDown(held)) return;
      held.refreshing = this.look(provider, held).finally(() => {
        held.refreshing = undefined;
      });
    }
    await held.refreshing;
  }

  private async look({ name, keysUrl }: IdentityProvider, held: Held): Promise<void> {
    const now = this.clock.now();
    held.lookedAt = now;
    held.failed = true;
    try {
      const keys = await observeProviderCall(name, () => this.fetch(keysUrl));
      held.set = toKnown({ keys, fetchedAt: now });
      held.failed = false;
      await this.store.save(name, held.set);
    } catch (err) {
      this.logger.warn({ provider: name, err }, 'the keys of a provider could not be brought up to date');
    }
  }

  private async fetch(url: string): Promise<ProviderKeySet['keys']> {
    const { status, text } = await this.http.send(url);
    if (status !== 200) throw new SafeError(`the provider answered ${status}`);
    return ProviderJwks.parse(JSON.parse(text));
  }

  private coolsDown({ lookedAt, failed }: Held): boolean {
    if (lookedAt === undefined) return false;
    const seconds = failed ? COOL_DOWN_SECONDS.failed : COOL_DOWN_SECONDS.answered;
    // a clock that was put back must not make it hours
    return Math.abs(this.clock.now().getTime() - lookedAt.getTime()) < seconds * 1000;
  }

  private trusted(held: Held): Known | undefined {
    return this.within(held, TRUSTED_SECONDS) ? held.set : undefined;
  }

  private within({ set }: Held, seconds: number): boolean {
    return set !== undefined && secondsAfter(set.fetchedAt, seconds) > this.clock.now();
  }
}

const toKnown = (set: ProviderKeySet): Known => ({
  ...set,
  resolve: createLocalJWKSet({ keys: [...set.keys] }),
});

async function keyIn(set: Known | undefined, header: JWSHeaderParameters): Promise<CryptoKey | undefined> {
  if (set === undefined) return undefined;
  try {
    return await set.resolve(header);
  } catch (error) {
    if (error instanceof errors.JWKSNoMatchingKey) return undefined;
    throw error;
  }
}
