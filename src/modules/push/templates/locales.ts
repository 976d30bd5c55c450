/** The variant that everybody gets who speaks none of the others. */
export const DEFAULT_VARIANT = '';

/**
 * Which of a notification's variants a phone gets: that of its locale, else that of what its locale begins with, else
 * the default one (`pt-BR → pt → default`; RFC 4647, section 3.4). Upper and lower case are the same.
 * @param locale a BCP 47 tag; null where the phone never said
 * @param variants the locales that there are words for
 */
export function variantFor(locale: string | null, variants: readonly string[]): string {
  if (locale === null) return DEFAULT_VARIANT;
  const wanted = locale.toLowerCase();
  const fitting = variants.filter((variant) => `${wanted}-`.startsWith(`${variant.toLowerCase()}-`));
  return fitting.toSorted((a, b) => b.length - a.length)[0] ?? DEFAULT_VARIANT;
}

/** The tag as it is written, `pt-BR` for `pt-br`. @throws RangeError when it is none */
export const canonicalLocale = (tag: string): string => Intl.getCanonicalLocales(tag)[0] ?? tag;
