import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { freshBytes } from './fresh-bytes';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const VERSION_BYTES = 2;

/**
 * Symmetric keys with versions: the newest encrypts, every one decrypts, so that a key can be replaced without
 * rewriting what it sealed. Sealed bytes are `version (2) | nonce (12) | tag (16) | ciphertext` (AES-256-GCM,
 * NIST SP 800-38D).
 */
export class Keyring {
  private readonly newest: number;
  /** Made once: a cipher that is given bytes makes such an object each time, which takes longer than to encrypt. */
  private readonly keys: ReadonlyMap<number, KeyObject>;

  constructor(keys: ReadonlyMap<number, Buffer>) {
    this.newest = Math.max(...keys.keys());
    this.keys = new Map([...keys].map(([version, key]) => [version, createSecretKey(key)]));
  }

  /** Encrypts; `context` is authenticated and has to be given again to open it (a row's purpose and id). */
  seal(plain: string | Buffer, context: string): Buffer {
    const nonce = freshBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, this.key(this.newest), nonce).setAAD(Buffer.from(context));
    const body = Buffer.concat([cipher.update(plain), cipher.final()]);
    const version = Buffer.alloc(VERSION_BYTES);
    version.writeUInt16BE(this.newest);
    return Buffer.concat([version, nonce, cipher.getAuthTag(), body]);
  }

  /** @throws Error when the bytes were changed, belong to another context, or their key version is gone */
  open(sealed: Buffer, context: string): Buffer {
    const nonceAt = VERSION_BYTES;
    const tagAt = nonceAt + NONCE_BYTES;
    const bodyAt = tagAt + TAG_BYTES;
    const decipher = createDecipheriv(
      CIPHER,
      this.key(sealed.readUInt16BE(0)),
      sealed.subarray(nonceAt, tagAt),
      // a shorter tag is easier to forge, and Node would take it
      { authTagLength: TAG_BYTES },
    )
      .setAAD(Buffer.from(context))
      .setAuthTag(sealed.subarray(tagAt, bodyAt));
    return Buffer.concat([decipher.update(sealed.subarray(bodyAt)), decipher.final()]);
  }

  /** Keyed digests under every version, newest first: short codes may be stored as these, never as plain hashes. */
  macs(value: string, context: string): Buffer[] {
    return [...this.keys.keys()]
      .sort((a, b) => b - a)
      .map((version) => {
        const key = hkdfSync('sha256', this.key(version), '', `mac:${context}`, KEY_BYTES);
        return createHmac('sha256', Buffer.from(key)).update(value).digest();
      });
  }

  private key(version: number): KeyObject {
    const key = this.keys.get(version);
    if (key === undefined) throw new Error(`no key of version ${version} in the keyring`);
    return key;
  }
}

/**
 * Reads `1:<base64>,2:<base64>`: versions from 1 to 65535, keys of 32 bytes.
 * @throws Error naming what is wrong, never the value
 */
export function decodeKeyring(text: string): Keyring {
  const keys = new Map<number, Buffer>();
  for (const entry of text.split(',')) {
    const [version, encoded] = entry.trim().split(/:(.*)/s);
    const number = Number(version);
    if (!Number.isInteger(number) || number < 1 || number > 65535) {
      throw new Error('must look like 1:<base64>,2:<base64> with versions from 1 to 65535');
    }
    const key = Buffer.from(encoded ?? '', 'base64');
    if (key.length !== KEY_BYTES) throw new Error(`key ${number} must be ${KEY_BYTES} bytes of base64`);
    if (keys.has(number)) throw new Error(`key version ${number} is given twice`);
    keys.set(number, key);
  }
  return new Keyring(keys);
}

/** A keyring whose one key comes from a secret that only its holder has, such as an Idempotency-Key. */
export function keyringFromSecret(secret: string, purpose: string): Keyring {
  return new Keyring(new Map([[1, Buffer.from(hkdfSync('sha256', secret, '', purpose, KEY_BYTES))]]));
}
