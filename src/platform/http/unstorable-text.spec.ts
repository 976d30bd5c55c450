import { unstorableText } from './unstorable-text';

describe('unstorableText', () => {
  const pathsIn = (json: string) => unstorableText(json, JSON.parse(json)).map(({ path }) => path);

  it.each([
    ['a NUL', '{"a": {"b": ["x", "y\\u0000"]}}', ['a.b.1']],
    ['half of a character', '{"a": "\\ud83d"}', ['a']],
    ['a key', '{"a": {"\\u0000": 1}}', ['a']],
    ['a bare text', '"\\uDC00"', ['']],
  ])('names the place of %s', (_, json, paths) => {
    expect(pathsIn(json)).toEqual(paths);
  });

  it.each([
    ['an escaped pair', '{"a": "\\ud83d\\ude00"}'],
    ['a backslash before u0000', '{"a": "\\\\u0000"}'],
    ['plain words', '{"a": "u0000"}'],
  ])('lets %s pass', (_, json) => {
    expect(pathsIn(json)).toEqual([]);
  });

  it('survives a body that is nested without end', () => {
    const json = `${'['.repeat(100_000)}"\\u0000"${']'.repeat(100_000)}`;
    expect(pathsIn(json)).toHaveLength(1);
  });
});
