import { randomBytes } from 'node:crypto';
import { secondsAfter } from '../../../shared/clock';
import { Keyring } from '../../../shared/keyring';
import { NONCE_SECONDS, ProofNonces } from './proof-nonces';

describe('nonces of the server', () => {
  const now = new Date('2027-01-01T00:00:00Z');
  const [first, second] = [randomBytes(32), randomBytes(32)];
  const process = (...keys: readonly [number, Buffer][]) =>
    new ProofNonces({ data: new Keyring(new Map(keys)), keyEncryption: new Keyring(new Map(keys)) });

  it('are good for five minutes, in every process', () => {
    for (const home of ['redis', 'database'] as const) {
      const nonce = process([1, first]).issue(home, now);
      expect(process([1, first]).open(nonce, now)).toBe(home);
      expect(process([1, first]).open(nonce, secondsAfter(now, NONCE_SECONDS))).toBe(home);
      expect(process([1, first]).open(nonce, secondsAfter(now, NONCE_SECONDS + 1))).toBeUndefined();
    }
  });

  it('stay good when a newer one is given, and when the data key is replaced', () => {
    const before = process([1, first]).issue('redis', now);
    const after = process([1, first], [2, second]);
    const later = secondsAfter(now, 60);
    expect(after.open(after.issue('redis', later), later)).toBe('redis');
    expect(after.open(before, later)).toBe('redis');
    expect(process([2, second]).open(before, later)).toBeUndefined();
  });

  it('of a clock that is far ahead are not ours', () => {
    const nonce = process([1, first]).issue('redis', secondsAfter(now, 31));
    expect(process([1, first]).open(nonce, now)).toBeUndefined();
  });

  it('can not be made or changed: not the time, not the place', () => {
    const nonces = process([1, first]);
    const bytes = Buffer.from(nonces.issue('redis', now), 'base64url');
    for (let index = 0; index < bytes.length; index++) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
      expect(nonces.open(changed.toString('base64url'), now)).toBeUndefined();
    }
    for (const made of ['', 'x', 'A'.repeat(31), 'A'.repeat(4_000), `${bytes.toString('base64url')}=`]) {
      expect(nonces.open(made, now)).toBeUndefined();
    }
  });
});
