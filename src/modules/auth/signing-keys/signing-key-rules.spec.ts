import { DAY, HOUR, MINUTE, secondsAfter } from '../../../shared/clock';
import type { SigningKey } from './signing-key.store';
import { dueStep } from './signing-key-rules';

const NOW = new Date('2027-06-01T00:00:00Z');

const key = (kid: string, state: SigningKey['state'], ageSeconds: number): SigningKey => {
  const since = secondsAfter(NOW, -ageSeconds);
  return { kid, state, since, createdAt: since };
};

describe('dueStep', () => {
  it.each([
    ['there is no key yet', [], undefined],
    ['the key is young', [key('a', 'in_use', 177 * DAY)], undefined],
    ['two days are left', [key('a', 'in_use', 178 * DAY)], { step: 'publish' }],
    ['nobody looked for long', [key('a', 'in_use', 400 * DAY)], { step: 'publish' }],
    ['a standby waits', [key('a', 'in_use', 179 * DAY), key('b', 'standby', DAY)], undefined],
    [
      'the time has come',
      [key('a', 'in_use', 180 * DAY), key('b', 'standby', 2 * DAY)],
      { step: 'promote', standby: 'b', inUse: 'a' },
    ],
    [
      'the standby is too young, however late it is',
      [key('a', 'in_use', 400 * DAY), key('b', 'standby', DAY - 1)],
      undefined,
    ],
    ['it was published for a day', [key('a', 'in_use', 400 * DAY), key('b', 'standby', DAY)], 'promote'],
    [
      'tokens of the old key may be good',
      [key('a', 'previously_used', 30 * MINUTE - 1), key('b', 'in_use', HOUR)],
      undefined,
    ],
    [
      'the last token of the old key has expired',
      [key('a', 'previously_used', 30 * MINUTE), key('b', 'in_use', HOUR)],
      { step: 'revoke', kid: 'a' },
    ],
    ['all is over', [key('a', 'revoked', DAY), key('b', 'in_use', DAY)], undefined],
  ])('when %s', (_, keys, expected) => {
    const due = dueStep(keys, NOW);
    expect(typeof expected === 'string' ? due?.step : due).toEqual(expected);
  });
});
