import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose';
import { keysConfig } from '../../config/slices';
import { Clock } from '../../shared/clock';
import { SigningKeyStore, type StoredSigningKey } from './signing-key.store';

/** Every process knows a change of keys after this time at the latest. */
const RELOAD_AFTER_MS = 60_000;
/** A token with a key id we don't know asks for a reload, but not more often than this. */
const UNKNOWN_KID_RELOAD_MS = 5_000;

interface LoadedKeys {
  readonly signing: { readonly kid: string; readonly key: KeyObject };
  readonly verifying: ReadonlyMap<string, KeyObject>;
  readonly jwks: readonly JWK[];
  readonly loadedAt: number;
}

/** The Ed25519 keys of access tokens: private halves sealed in the database, public halves in the JWKS. */
@Injectable()
export class SigningKeys {
  private loaded: LoadedKeys | undefined;
  private loading: Promise<LoadedKeys> | undefined;

  constructor(
    private readonly store: SigningKeyStore,
    private readonly clock: Clock,
    @Inject(keysConfig.KEY) private readonly keys: ConfigType<typeof keysConfig>,
  ) {}

  async signingKey(): Promise<LoadedKeys['signing']> {
    return (await this.current(RELOAD_AFTER_MS)).signing;
  }

  /** @returns undefined for a key that is revoked or was never ours */
  async verifyingKey(kid: string): Promise<KeyObject | undefined> {
    const known = (await this.current(RELOAD_AFTER_MS)).verifying.get(kid);
    return known ?? (await this.current(UNKNOWN_KID_RELOAD_MS)).verifying.get(kid);
  }

  /** Public keys: standby, in use and previously used (RFC 7517). */
  async jwks(): Promise<readonly JWK[]> {
    return (await this.current(RELOAD_AFTER_MS)).jwks;
  }

  private async current(maxAgeMs: number): Promise<LoadedKeys> {
    const { loaded } = this;
    if (loaded !== undefined && performance.now() - loaded.loadedAt < maxAgeMs) return loaded;
    this.loading ??= this.load().finally(() => {
      this.loading = undefined;
    });
    // while the database is away, what was known goes on
    return loaded === undefined ? this.loading : this.loading.catch(() => loaded);
  }

  private async load(): Promise<LoadedKeys> {
    let stored = await this.store.list();
    if (!stored.some((key) => key.state === 'in_use')) {
      await this.store.addFirst(await this.generate(), this.clock.now());
      stored = await this.store.list();
    }
    const inUse = stored.find((key) => key.state === 'in_use');
    if (inUse === undefined) throw new Error('there is no signing key in use');
    const pkcs8 = this.keys.keyEncryption.open(inUse.privateKeySealed, sealContext(inUse.kid));
    this.loaded = {
      signing: { kid: inUse.kid, key: createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }) },
      verifying: new Map(stored.map((key) => [key.kid, toPublicKey(key.publicJwk)])),
      jwks: stored.map((key) => key.publicJwk),
      loadedAt: performance.now(),
    };
    return this.loaded;
  }

  private async generate(): Promise<StoredSigningKey> {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const jwk = await exportJWK(publicKey);
    const kid = await calculateJwkThumbprint(jwk);
    const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
    return {
      kid,
      state: 'in_use',
      publicJwk: { ...jwk, kid, alg: 'EdDSA', use: 'sig' },
      privateKeySealed: this.keys.keyEncryption.seal(pkcs8, sealContext(kid)),
    };
  }
}

const sealContext = (kid: string): string => `signing-key:${kid}`;

const toPublicKey = (jwk: JWK): KeyObject => createPublicKey({ key: { ...jwk }, format: 'jwk' });
