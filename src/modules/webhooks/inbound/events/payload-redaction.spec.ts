import { SOURCES } from '../webhook-source';
import { redactPayload } from './payload-redaction';

describe('a payload as people see it', () => {
  it('has every member, and the values that its source’s list names', () => {
    const body = {
      id: 'evt_1',
      created: 5,
      data: { object: { amount: 200, receipt_email: 'a@example.com', note: 'hi' } },
    };
    expect(redactPayload('stripe', body)).toEqual({
      id: 'evt_1',
      created: 5,
      data: { object: { amount: 200, receipt_email: '[hidden]', note: '[hidden]' } },
    });
  });

  it.each([...SOURCES, 'unheard of'])('of %s shows no secret and no person', (source) => {
    const names = [
      'password',
      'token',
      'otp',
      'email',
      'phone',
      'contact',
      'name',
      'client_secret',
      'card',
      'vpa',
      'ip',
    ];
    const body = Object.fromEntries(names.map((name) => [name, `value of ${name}`]));
    expect(JSON.stringify(redactPayload(source, { a: [body] }))).not.toContain('value of');
  });

  it('shows no value that stands for itself', () => {
    expect(['text', 5, ['text'], true, null].map((body) => redactPayload('github', body))).toEqual([
      '[hidden]',
      '[hidden]',
      ['[hidden]'],
      true,
      null,
    ]);
  });

  it('hides names that somebody made', () => {
    const body = { 'jenny@example.com': 1, ['x'.repeat(65)]: 2, fine: false };
    expect(Object.keys(redactPayload('github', body) as object)).toEqual([
      '[hidden name 1]',
      '[hidden name 2]',
      'fine',
    ]);
  });

  it('is bounded, however deep, long and large the body is', () => {
    let deep: unknown = 'end';
    for (let depth = 0; depth < 1_000; depth++) deep = { deep };
    expect(JSON.stringify(redactPayload('github', deep)).length).toBeLessThan(300);
    const long = { list: Array.from({ length: 100_000 }, () => ({ id: 'x'.repeat(1_000) })) };
    expect(JSON.stringify(redactPayload('github', long)).length).toBeLessThan(20_000);
    const wide = Object.fromEntries(Array.from({ length: 50_000 }, (_, index) => [`m${index}`, 'v']));
    expect(
      Object.values(redactPayload('github', wide) as object).filter((value) => value === '[hidden]').length,
    ).toBeLessThan(5_001);
  });
});
