import fc from 'fast-check';
import { canonicalLocale, variantFor } from './locales';

describe('the variant for a locale', () => {
  it.each([
    ['pt-BR', ['pt', 'pt-BR', 'en'], 'pt-BR'],
    ['pt-br', ['PT-BR'], 'PT-BR'],
    ['pt-BR', ['pt', 'en'], 'pt'],
    ['pt-BR', ['PT', 'en'], 'PT'],
    ['pt-BR', ['pt-PT', 'en'], ''],
    ['pt', ['pt-BR'], ''],
    ['zh-Hant-TW', ['zh', 'zh-Hant', 'zh-TW'], 'zh-Hant'],
    ['zh-Hant-TW', ['zh'], 'zh'],
    ['ptx', ['pt'], ''],
    ['de', [], ''],
    [null, ['de'], ''],
  ])('%s among %j is %j', (locale, variants, variant) => {
    expect(variantFor(locale, variants)).toBe(variant);
  });

  it('is one that is there, or the default one', () => {
    const tag = fc.constantFrom('de', 'de-AT', 'pt', 'pt-BR', 'pt-PT', 'zh', 'zh-Hant-TW', 'en', 'en-GB');
    fc.assert(
      fc.property(tag, fc.uniqueArray(tag), (locale, variants) => {
        const variant = variantFor(locale, variants);
        if (variants.includes(locale)) expect(variant).toBe(locale);
        else expect(['', locale.split('-')[0]]).toContain(variant);
        expect(['', ...variants]).toContain(variant);
      }),
    );
  });
});

it('a tag is written in one way', () => {
  expect(['pt-br', 'ZH-hant-tw', 'de'].map(canonicalLocale)).toEqual(['pt-BR', 'zh-Hant-TW', 'de']);
});
