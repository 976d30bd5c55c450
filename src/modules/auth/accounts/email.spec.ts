import fc from 'fast-check';
import { Email } from './email';

describe('an address', () => {
  it.each([
    ['  Ali@Example.COM ', 'ali@example.com'],
    ['ali+news@example.com', 'ali+news@example.com'],
    ['ali@bücher.example', 'ali@xn--bcher-kva.example'],
    ['ALI@XN--BCHER-KVA.EXAMPLE', 'ali@xn--bcher-kva.example'],
  ])('%j is stored as %s', (given, stored) => {
    expect(Email.parse(given)).toBe(stored);
  });

  it.each([
    '',
    'ali',
    '@example.com',
    'ali@',
    'ali@@example.com',
    'a b@example.com',
    'ali@exa mple.com',
    `${'a'.repeat(250)}@example.com`,
  ])('%j is none', (given) => {
    expect(Email.safeParse(given).success).toBe(false);
  });

  it('normalised is normal: a second time changes nothing', () => {
    fc.assert(
      fc.property(fc.emailAddress(), fc.boolean(), (address, shout) => {
        const first = Email.safeParse(shout ? ` ${address.toUpperCase()} ` : address);
        if (!first.success) return;
        expect(Email.parse(first.data)).toBe(first.data);
        expect(first.data).toBe(first.data.toLowerCase());
      }),
    );
  });

  it('is the same in any spelling', () => {
    fc.assert(
      fc.property(fc.emailAddress(), (address) => {
        const [plain, shouted] = [Email.safeParse(address), Email.safeParse(`\t${address.toUpperCase()}\n`)];
        expect(shouted.success).toBe(plain.success);
        expect(shouted.data).toBe(plain.data);
      }),
    );
  });

  it('says nothing about what was given', () => {
    const message = JSON.stringify(Email.safeParse('secret-not-an-address').error?.issues);
    expect(message).not.toContain('secret');
  });
});
