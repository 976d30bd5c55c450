import { hashSync } from '@node-rs/argon2';
import { ARGON2_PARAMETERS, isWeakerThanToday } from './argon2.parameters';

describe('whether a hash is weaker than today’s', () => {
  it('is not so for one of today, nor for a stronger one', () => {
    expect(isWeakerThanToday(hashSync('any', ARGON2_PARAMETERS))).toBe(false);
    expect(isWeakerThanToday('$argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA')).toBe(false);
  });

  it.each([
    '$argon2id$v=19$m=8192,t=2,p=1$c2FsdA$aGFzaA',
    '$argon2id$v=19$m=65536,t=1,p=1$c2FsdA$aGFzaA',
    '$argon2i$v=19$m=65536,t=3,p=1$c2FsdA$aGFzaA',
    '$2b$10$abcdefghijklmnopqrstuv',
    '',
  ])('is so for %s', (hash) => expect(isWeakerThanToday(hash)).toBe(true));
});
