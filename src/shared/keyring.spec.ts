import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { decodeKeyring, keyringFromSecret } from './keyring';

const key = () => randomBytes(32).toString('base64');
const CONTEXT = 'mail:1';

describe('the keyring', () => {
  const [one, two] = [key(), key()];
  const old = decodeKeyring(`1:${one}`);
  const both = decodeKeyring(`1:${one},2:${two}`);

  it('opens what it sealed, whatever that is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), fc.string(), (bytes, context) => {
        const plain = Buffer.from(bytes);
        const sealed = both.seal(plain, context);
        expect(both.open(sealed, context).equals(plain)).toBe(true);
        if (plain.length >= 4) expect(sealed.includes(plain)).toBe(false);
      }),
    );
  });

  it('seals the same differently each time', () => {
    expect(both.seal('same', CONTEXT).equals(both.seal('same', CONTEXT))).toBe(false);
  });

  it('never seals twice under one nonce', () => {
    const nonces = Array.from({ length: 2_000 }, () =>
      both.seal('', CONTEXT).subarray(2, 14).toString('hex'),
    );
    expect(new Set(nonces).size).toBe(2_000);
  });

  it('opens nothing that was changed by a bit', () => {
    const sealed = both.seal('secret', CONTEXT);
    fc.assert(
      fc.property(fc.nat(sealed.length * 8 - 1), (bit) => {
        const changed = Buffer.from(sealed);
        changed.writeUInt8((changed[bit >> 3] ?? 0) ^ (1 << (bit & 7)), bit >> 3);
        expect(() => both.open(changed, CONTEXT)).toThrow();
      }),
    );
  });

  it('opens nothing for another purpose, and nothing that is cut', () => {
    const sealed = both.seal('secret', CONTEXT);
    expect(() => both.open(sealed, 'mail:2')).toThrow();
    for (let length = 0; length < sealed.length; length += 1) {
      expect(() => both.open(sealed.subarray(0, length), CONTEXT)).toThrow();
    }
  });

  it('opens what an older key sealed, and seals by the newest', () => {
    expect(both.open(old.seal('secret', CONTEXT), CONTEXT).toString()).toBe('secret');
    expect(() => old.open(both.seal('secret', CONTEXT), CONTEXT)).toThrow('no key of version 2');
  });

  it('knows a digest under every version, newest first', () => {
    const [newest, older] = both.macs('123456', CONTEXT);
    expect(older).toEqual(old.macs('123456', CONTEXT)[0]);
    expect(newest).not.toEqual(older);
    expect(both.macs('123456', 'other')[0]).not.toEqual(newest);
    expect(both.macs('123457', CONTEXT)[0]).not.toEqual(newest);
  });

  it('made of a secret opens for who has that secret only', () => {
    const sealed = keyringFromSecret('key-1', 'idempotency').seal('answer', CONTEXT);
    expect(keyringFromSecret('key-1', 'idempotency').open(sealed, CONTEXT).toString()).toBe('answer');
    expect(() => keyringFromSecret('key-2', 'idempotency').open(sealed, CONTEXT)).toThrow();
    expect(() => keyringFromSecret('key-1', 'another').open(sealed, CONTEXT)).toThrow();
  });

  it.each(['', '1', '1:', '0:abc', '65536:abc', 'a:b', `1:${key().slice(4)}`])(
    'refuses %j without repeating it',
    (text) => {
      expect(() => decodeKeyring(text)).toThrow(/must/);
    },
  );

  it('takes versions in any order, with spaces', () => {
    const keyring = decodeKeyring(` 2:${two} , 1:${one} `);
    expect(keyring.open(both.seal('x', CONTEXT), CONTEXT).toString()).toBe('x');
  });
});
