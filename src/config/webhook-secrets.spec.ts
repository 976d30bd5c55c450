import { secretList, standardSecretList } from './webhook-secrets';

describe('secrets in the environment', () => {
  it.each(['', ',', 'short', `${'x'.repeat(20)},short`])('%j is no list of secrets', (text) => {
    expect(secretList(16).safeParse(text).success).toBe(false);
  });

  it.each(['', 'v1', 'whsec_', 'whsec_short', `whsec_${'*'.repeat(40)}`])(
    '%j is no standard secret',
    (text) => {
      expect(standardSecretList.safeParse(text).success).toBe(false);
    },
  );

  it('Supabase writes several with a bar between', () => {
    const [one, other] = ['a', 'b'].map((letter) => Buffer.from(letter.repeat(32)));
    const text = `v1,whsec_${one?.toString('base64')}|v1,whsec_${other?.toString('base64')}`;
    expect(standardSecretList.parse(text)).toEqual([one, other]);
  });
});
