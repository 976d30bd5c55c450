import { canonicalLocale } from './locales';

it('a tag is written in one way', () => {
  expect(['pt-br', 'ZH-hant-tw', 'de'].map(canonicalLocale)).toEqual(['pt-BR', 'zh-Hant-TW', 'de']);
});
