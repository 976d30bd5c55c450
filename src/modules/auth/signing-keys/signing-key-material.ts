import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose';
import type { Keyring } from '../../../shared/keyring';
import type { KeyMaterial } from './signing-key.store';

/** A new Ed25519 pair; its id is the thumbprint of its public half (RFC 7638). */
export async function generateSigningKey(keyEncryption: Keyring): Promise<KeyMaterial> {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  // an operator's command would take it for an option
  if (kid.startsWith('-')) return generateSigningKey(keyEncryption);
  const pkcs8 = privateKey.export({ format: 'der', type: 'pkcs8' });
  return {
    kid,
    publicJwk: { ...jwk, kid, alg: 'EdDSA', use: 'sig' },
    privateKeySealed: keyEncryption.seal(pkcs8, sealContext(kid)),
  };
}

/** @throws Error when its key version is gone or the private half was destroyed */
export function openPrivateKey(
  { kid, privateKeySealed }: Pick<KeyMaterial, 'kid' | 'privateKeySealed'>,
  keyEncryption: Keyring,
): KeyObject {
  if (privateKeySealed === null) throw new Error('the private half of this signing key was destroyed');
  const pkcs8 = keyEncryption.open(privateKeySealed, sealContext(kid));
  return createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
}

export const toPublicKey = (jwk: JWK): KeyObject => createPublicKey({ key: { ...jwk }, format: 'jwk' });

const sealContext = (kid: string): string => `signing-key:${kid}`;
