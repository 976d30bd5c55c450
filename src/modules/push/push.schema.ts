import { createZodDto } from 'nestjs-zod/dto';
import { z } from 'zod';
import { DAY } from '../../shared/clock';
import { idSchema, type NotificationId, type UserId } from '../../shared/ids';
import { localeSchema } from '../../shared/locale';
import { defineMessage } from '../../shared/message';

const MAX_IDS = 2_000;
const MAX_TOPICS = 20;
const MAX_LOCALES = 50;
const MAX_TTL_SECONDS = 28 * DAY;
/** OneSignal's own, when a message says nothing: three days. */
export const DEFAULT_TTL_SECONDS = 3 * DAY;

/** The one category that nobody opts out of, that wakes people and that no cap holds back. */
export const SECURITY = 'security';

export const CategoryName = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,49}$/, 'is not the name of a category');
export const TopicName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/, 'is not the name of a topic');
export const TemplateName = z.string().regex(/^[a-z0-9][a-z0-9_.-]{0,99}$/, 'is not the name of a template');

const Audience = z
  .strictObject({
    users: z.array(idSchema<'User'>()).min(1).max(MAX_IDS).optional(),
    devices: z.array(idSchema<'Device'>()).min(1).max(MAX_IDS).optional(),
    topics: z.array(TopicName).min(1).max(MAX_TOPICS).optional(),
    all: z.literal(true).optional(),
  })
  .refine((audience) => Object.values(audience).some((kind) => kind !== undefined), {
    message: 'needs users, devices, topics or all',
  });
export type Audience = z.infer<typeof Audience>;

/** As it is kept: `deviceOwner` makes `devices` mean this user's only. */
export type StoredAudience = Audience & { readonly deviceOwner?: UserId };

/** Deeper than anybody's data; what is nested some thousand times nobody can write out as JSON. */
const MAX_DEPTH = 16;

const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (levels === 0 || Object.values(value).some((item) => isDeeper(item, levels - 1)));

const Data = z
  .record(z.string().min(1).max(100), z.unknown())
  .refine((data) => !isDeeper(data, MAX_DEPTH), 'is nested too deep');

const ContentFields = z.strictObject({
  title: z.string().min(1).max(200).optional(),
  body: z.string().min(1).max(2_000).optional(),
  data: Data.optional(),
  imageUrl: z
    .url({ protocol: /^https$/ })
    .max(2_000)
    .optional(),
  deepLink: z.url().max(2_000).optional(),
  badge: z.number().int().min(0).max(99_999).optional(),
  sound: z.string().min(1).max(100).optional(),
  androidChannelId: z.guid().optional(),
  interruptionLevel: z.enum(['passive', 'active', 'time_sensitive', 'critical']).optional(),
  silent: z.boolean().optional(),
});

const NO_WORDS = 'needs a title or a body, or silent: true';
const hasWords = ({ title, body, silent }: z.infer<typeof ContentFields>): boolean =>
  silent === true || title !== undefined || body !== undefined;

export const Content = ContentFields.refine(hasWords, { message: NO_WORDS });
export type Content = z.infer<typeof Content>;

/** What a locale says otherwise than the content itself. Whether a push is silent, all locales share. */
export const Localizations = z
  .record(localeSchema, ContentFields.omit({ silent: true }))
  .refine((locales) => Object.keys(locales).length <= MAX_LOCALES, {
    message: `at most ${MAX_LOCALES} locales`,
  });
export type Localizations = z.infer<typeof Localizations>;

export const Variables = z.record(
  z.string().min(1).max(100),
  z.union([z.string().max(2_000), z.number(), z.boolean()]),
);
export type Variables = z.infer<typeof Variables>;

const Options = z.object({
  priority: z.enum(['high', 'normal']).optional(),
  ttlSeconds: z.number().int().min(0).max(MAX_TTL_SECONDS).optional(),
  collapseId: z.string().min(1).max(64).optional(),
});
export type Options = z.infer<typeof Options>;

/** Words of one's own, or a template that makes them. */
const Words = ContentFields.extend({
  template: TemplateName.optional(),
  variables: Variables.optional(),
}).superRefine((words, context) => {
  const { template, variables, ...own } = words;
  const refuse = (field: string, message: string) =>
    context.addIssue({ code: 'custom', path: [field], message });
  if (template === undefined) {
    if (variables !== undefined) refuse('variables', 'belong to a template');
    if (!hasWords(own)) context.addIssue({ code: 'custom', message: NO_WORDS });
  } else for (const field of Object.keys(own)) refuse(field, 'comes from the template');
});

export class CreateNotificationBody extends createZodDto(
  z
    .strictObject({
      audience: Audience,
      content: Words,
      localizations: Localizations.optional(),
      category: CategoryName.optional(),
      ...Options.shape,
      sendAt: z.iso.datetime({ offset: true }).optional(),
      respectQuietHours: z.boolean().optional(),
      dryRun: z.boolean().optional(),
    })
    .refine(({ content, localizations }) => content.template === undefined || localizations === undefined, {
      message: 'come from the template',
      path: ['localizations'],
    }),
) {}

/** Find out who the audience is. `after` is the cursor when it was written, left out at the beginning. */
export const ResolveAudience = defineMessage(
  'push.resolve-audience',
  'push-notifications',
  z.object({ notificationId: idSchema<'Notification'>(), after: idSchema<'User'>().optional() }),
);

/** Hand one chunk of recipients to the provider. */
export const DeliverChunk = defineMessage(
  'push.deliver-chunk',
  'push-notifications',
  z.object({ notificationId: idSchema<'Notification'>(), chunk: z.number().int().min(0) }),
);

export interface ChunkRef {
  readonly notificationId: NotificationId;
  readonly chunk: number;
}
