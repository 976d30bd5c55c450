import { createZodDto } from 'nestjs-zod/dto';
import { z } from 'zod';
import { localeSchema } from '../../../shared/locale';
import { pageOf, pageQueryBy } from '../../../shared/page';
import { TemplateName } from '../push.schema';
import { canonicalLocale } from './locales';
import { type Finding, placeholdersIn } from './placeholders';

/** Before variables: they may make it shorter, but hardly by half. */
const MAX_BYTES = 8_192;
const MAX_LOCALES = 50;

/** Checked as a whole once variables are filled in; what has none is checked at once. */
const urlOf = (url: z.ZodType<string>) =>
  z
    .string()
    .min(1)
    .max(2_000)
    .refine((text) => text.includes('{{') || url.safeParse(text).success, 'is not a valid URL');

const Words = z.strictObject({
  title: z.string().min(1).max(400).optional(),
  body: z.string().min(1).max(4_000).optional(),
  data: z.record(z.string().min(1).max(100), z.unknown()).optional(),
  imageUrl: urlOf(z.url({ protocol: /^https$/ })).optional(),
  deepLink: urlOf(z.url()).optional(),
  sound: z.string().min(1).max(100).optional(),
});

const TemplateContent = Words.extend({
  badge: z.number().int().min(0).max(99_999).optional(),
  androidChannelId: z.guid().optional(),
  interruptionLevel: z.enum(['passive', 'active', 'time_sensitive', 'critical']).optional(),
  silent: z.boolean().optional(),
}).refine(({ title, body, silent }) => silent === true || title !== undefined || body !== undefined, {
  message: 'needs a title or a body, or silent: true',
});
export type TemplateContent = z.infer<typeof TemplateContent>;

const Localizations = z
  .record(localeSchema, Words)
  .refine((localizations) => Object.keys(localizations).length <= MAX_LOCALES, {
    message: `has more than ${MAX_LOCALES} locales`,
  })
  .refine(
    (localizations) => {
      const tags = Object.keys(localizations);
      return new Set(tags.map(canonicalLocale)).size === tags.length;
    },
    { message: 'has a locale twice' },
  );
export type Localizations = z.infer<typeof Localizations>;

/** A locale says only what it says in other words: anything else is as in `content`. */
export class PutTemplateBody extends createZodDto(
  z
    .strictObject({ content: TemplateContent, localizations: Localizations.optional() })
    .superRefine(({ content, localizations = {} }, context) => {
      for (const { path, message } of findingsIn(content, localizations))
        context.addIssue({ code: 'custom', path: [...path], message });
    }),
) {}

export class TemplateQuery extends createZodDto(
  z.strictObject({ version: z.coerce.number().int().min(1).max(2_147_483_647).optional() }),
) {}
export class TemplatesQuery extends createZodDto(pageQueryBy(TemplateName)) {}

const TemplateListItem = z.object({
  name: z.string(),
  version: z.number(),
  variables: z.array(z.string()),
  locales: z.array(z.string()),
  createdAt: z.iso.datetime(),
});
export class TemplatesAnswer extends createZodDto(pageOf(TemplateListItem)) {}

/** `createdAt` is this version's. */
export class TemplateAnswer extends createZodDto(
  TemplateListItem.omit({ locales: true }).extend({
    content: TemplateContent,
    localizations: z.record(z.string(), Words),
  }),
) {}

function findingsIn(content: TemplateContent, localizations: Localizations): readonly Finding[] {
  const { variables, findings } = variantFindings(content, ['content']);
  const others = Object.entries(localizations).flatMap(([locale, words]) => {
    const path = ['localizations', locale];
    const variant = variantFindings(words, path);
    const unknown = [...variant.variables].filter(([name]) => !variables.has(name));
    const message = 'uses a variable that content does not use';
    return [...variant.findings, ...unknown.map(([, at]) => ({ path: [...path, ...at], message }))];
  });
  return [...findings, ...others];
}

function variantFindings(variant: unknown, path: readonly string[]) {
  const { variables, findings } = placeholdersIn(variant);
  const inside = findings.map((finding) => ({ ...finding, path: [...path, ...finding.path] }));
  // what nests too deep is not written out either
  const large = findings.length === 0 && Buffer.byteLength(JSON.stringify(variant)) > MAX_BYTES;
  return { variables, findings: large ? [{ path, message: `is larger than ${MAX_BYTES} bytes` }] : inside };
}
