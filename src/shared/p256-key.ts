import { createPrivateKey, type KeyObject } from 'node:crypto';

/**
 * A P-256 private key from the text of a `.p8` file, or from the base64 in it as one line: variables of an environment
 * lose line breaks, or have them as `\n`.
 * @throws Error when it is none
 */
export function decodeP256Key(text: string): KeyObject {
  const base64 = text.replace(/-----[A-Z ]+-----|\\n|\s/g, '');
  const key = createPrivateKey({ key: Buffer.from(base64, 'base64'), format: 'der', type: 'pkcs8' });
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') throw new Error('not a P-256 key');
  return key;
}
