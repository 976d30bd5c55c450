import { masked, maskedEmail } from './masking';

describe('masking', () => {
  it.each([
    ['ali@example.com', 'a***@e***'],
    ['"a@b"@example.com', '"***@e***'],
    ['@example.com', '***@e***'],
    ['no address', 'n***'],
  ])('%s', (email, expected) => {
    expect(maskedEmail(email)).toBe(expected);
  });

  it('keeps one character, however it is made of bytes', () => {
    expect(['Ali', '🙂🙂', ''].map(masked)).toEqual(['A***', '🙂***', '***']);
  });
});
