import type { KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import type { JWK } from 'jose';
import { keysConfig } from '../../../config/slices';
import { Database } from '../../../platform/database/database';
import { Clock } from '../../../shared/clock';
import { SigningKeyStore, type StoredSigningKey } from './signing-key.store';
import { generateSigningKey, openPrivateKey, toPublicKey } from './signing-key-material';

/** Every process knows a change of keys after this time at the latest. */
const RELOAD_AFTER_MS = 60_000;
/** A token with a key id we don't know asks for a reload, but not more often than this. */
const UNKNOWN_KID_RELOAD_MS = 5_000;

interface LoadedKeys {
  readonly signing: { readonly kid: string; readonly key: KeyObject };
  readonly verifying: ReadonlyMap<string, KeyObject>;
  readonly jwks: readonly JWK[];
  readonly loadedAtMs: number;
}

/** The Ed25519 keys of access tokens: private halves sealed in the database, public halves in the JWKS. */
@Injectable()
export class SigningKeys {
  private loaded: LoadedKeys | undefined;
  private loading: Promise<LoadedKeys> | undefined;

  constructor(
    private readonly store: SigningKeyStore,
    private readonly database: Database,
    private readonly clock: Clock,
    @Inject(keysConfig.KEY) private readonly keys: ConfigType<typeof keysConfig>,
  ) {}

  async signingKey(): Promise<LoadedKeys['signing']> {
    return (await this.current(RELOAD_AFTER_MS)).signing;
  }

  /** Whether a key is good by what was loaded lately: at once, for every request asks. False leaves it open. */
  isKnown(kid: string, now: Date): boolean {
    return this.fresh(RELOAD_AFTER_MS, now)?.verifying.has(kid) ?? false;
  }

  /** @returns undefined for a key that is revoked or was never ours */
  async verifyingKey(kid: string, now = this.clock.now()): Promise<KeyObject | undefined> {
    const known = (await this.current(RELOAD_AFTER_MS, now)).verifying.get(kid);
    return known ?? (await this.current(UNKNOWN_KID_RELOAD_MS, now)).verifying.get(kid);
  }

  /** Public keys: standby, in use and previously used (RFC 7517). */
  async jwks(): Promise<readonly JWK[]> {
    return (await this.current(RELOAD_AFTER_MS)).jwks;
  }

  private async current(maxAgeMs: number, now = this.clock.now()): Promise<LoadedKeys> {
    const fresh = this.fresh(maxAgeMs, now);
    if (fresh !== undefined) return fresh;
    const { loaded } = this;
    this.loading ??= this.load(now).finally(() => {
      this.loading = undefined;
    });
    // while the database is away, what was known goes on
    return loaded === undefined ? this.loading : this.loading.catch(() => loaded);
  }

  private fresh(maxAgeMs: number, now: Date): LoadedKeys | undefined {
    const { loaded } = this;
    // a clock that was set back is a reason to look again as well
    return loaded !== undefined && Math.abs(now.getTime() - loaded.loadedAtMs) < maxAgeMs
      ? loaded
      : undefined;
  }

  private async load(now: Date): Promise<LoadedKeys> {
    const stored = await this.stored(now);
    const inUse = stored.find((key) => key.state === 'in_use');
    if (inUse === undefined) throw new Error('there is no signing key in use');
    this.loaded = {
      signing: { kid: inUse.kid, key: openPrivateKey(inUse, this.keys.keyEncryption) },
      verifying: new Map(stored.map((key) => [key.kid, toPublicKey(key.publicJwk)])),
      jwks: stored.map((key) => key.publicJwk),
      loadedAtMs: now.getTime(),
    };
    return this.loaded;
  }

  /** All but the revoked ones; the very first process makes the very first key. */
  private async stored(now: Date): Promise<StoredSigningKey[]> {
    const known = await this.store.list();
    if (known.some((key) => key.state === 'in_use')) return known.filter(isPublished);
    const first = await generateSigningKey(this.keys.keyEncryption);
    await this.database.transaction((tx) => this.store.add(tx, first, 'in_use', now));
    return (await this.store.list()).filter(isPublished);
  }
}

const isPublished = (key: StoredSigningKey): boolean => key.state !== 'revoked';
