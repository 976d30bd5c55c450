/** The tag as it is written, `pt-BR` for `pt-br`. @throws RangeError when it is none */
export const canonicalLocale = (tag: string): string => Intl.getCanonicalLocales(tag)[0] ?? tag;
