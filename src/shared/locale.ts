import { z } from 'zod';

/** A language tag (BCP 47), as phones and translators write it. */
export const localeSchema = z.string().max(35).refine(isLocale, 'is not a BCP 47 language tag');

function isLocale(value: string): boolean {
  try {
    return Intl.getCanonicalLocales(value).length === 1;
  } catch {
    return false;
  }
}
