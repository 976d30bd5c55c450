import { randomBytes } from 'node:crypto';
import { newId, type UserId } from '../../../shared/ids';
import { Keyring } from '../../../shared/keyring';
import { RecoveryCodes } from './recovery-codes';

const ring = (...versions: number[]) =>
  new Keyring(new Map(versions.map((version) => [version, Buffer.alloc(32, version)])));
const codesUnder = (data: Keyring) => new RecoveryCodes({ data, keyEncryption: ring(1) });

describe('recovery codes', () => {
  const owner = newId<'User'>() satisfies UserId;

  it('are ten different ones, easy to read', () => {
    const { codes, macs } = codesUnder(ring(1)).create(owner);
    expect(new Set(codes).size).toBe(10);
    expect(macs).toHaveLength(10);
    for (const code of codes) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}$/);
  });

  it('are known however they are typed, by their owner only', () => {
    const recovery = codesUnder(ring(1));
    const [mac] = recovery.macsOf(owner, '01ABC-DE0F1');
    for (const typed of ['01abcde0f1', ' o1ABC - DEOFi', 'OLABC-DE0FL'])
      expect(recovery.macsOf(owner, typed)).toEqual([mac]);
    expect(recovery.macsOf(newId(), '01ABC-DE0F1')).not.toEqual([mac]);
    expect(recovery.macsOf(owner, randomBytes(5).toString('hex'))).not.toEqual([mac]);
  });

  it('stay good when the data key gets a new version', () => {
    const [before] = codesUnder(ring(1)).macsOf(owner, '01ABC-DE0F1');
    const after = codesUnder(ring(1, 2));
    expect(after.macsOf(owner, '01ABC-DE0F1')).toContainEqual(before);
    expect(after.create(owner).macs).toHaveLength(10);
  });
});
