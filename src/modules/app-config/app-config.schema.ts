import { createZodDto } from 'nestjs-zod/dto';
import { valid } from 'semver';
import { z } from 'zod';
import { idSchema } from '../../shared/ids';

const MAX_FLAGS = 200;

/** The app's platforms that have a store; `web` is always the newest there is. */
export const GATED_PLATFORMS = ['ios', 'android'] as const;
export type GatedPlatform = (typeof GATED_PLATFORMS)[number];

const version = z
  .string()
  .max(64)
  .refine((text) => valid(text) === text, 'is not a semantic version such as 2.4.0');

const PlatformPolicy = z
  .strictObject({
    minimumVersion: version.optional().describe('below it every call is 426 `upgrade_required`'),
    recommendedVersion: version.optional().describe('below it an app may offer the newer one'),
    storeUrl: z.url({ protocol: /^(https|itms-apps|market)$/ }).max(2_000),
  })
  .describe('the versions of one platform, and where the newest one is');
export type PlatformPolicy = z.infer<typeof PlatformPolicy>;

const Flag = z.strictObject({
  enabled: z.boolean(),
  rolloutPercent: z
    .number()
    .min(0)
    .max(100)
    .default(100)
    .describe('of installations; raising it keeps who has it'),
});
export type Flag = z.infer<typeof Flag>;

const Maintenance = z
  .strictObject({
    startsAt: z.iso.datetime({ offset: true, error: 'is not a time such as 2027-01-31T08:00:00Z' }),
    endsAt: z.iso.datetime({ offset: true, error: 'is not a time such as 2027-01-31T08:00:00Z' }),
    message: z.string().min(1).max(500).optional().describe('what an app may show'),
  })
  .refine(({ startsAt, endsAt }) => Date.parse(startsAt) < Date.parse(endsAt), {
    message: 'is not after startsAt',
    path: ['endsAt'],
  })
  .describe(
    'between these times every call but app-config, health, sign-in and inbound webhooks is 503 `maintenance`',
  );

export const AppConfig = z.strictObject({
  platforms: z.partialRecord(z.enum(GATED_PLATFORMS), PlatformPolicy),
  flags: z
    .record(z.string().regex(/^[a-zA-Z][a-zA-Z0-9_.-]{0,63}$/, 'is not a flag’s name'), Flag)
    .refine((flags) => Object.keys(flags).length <= MAX_FLAGS, `has more than ${MAX_FLAGS} flags`),
  maintenance: Maintenance.nullable(),
});
export type AppConfig = z.infer<typeof AppConfig>;

export const NO_CONFIG: AppConfig = { platforms: {}, flags: {}, maintenance: null };

const Override = z
  .strictObject({ reason: z.string().trim().min(1).max(500) })
  .describe(
    'raises a minimum that no active device meets yet, all the same; the reason goes into the audit log',
  );

/** The whole of it: what is left out is gone. */
export class PutAppConfigBody extends createZodDto(AppConfig.extend({ override: Override.optional() })) {}

export class AppConfigDefinition extends createZodDto(
  AppConfig.extend({ version: z.number().int(), changedAt: z.iso.datetime().nullable() }),
) {}

export class AppConfigQuery extends createZodDto(
  z.strictObject({
    deviceId: idSchema<'Device'>()
      .optional()
      .describe('decides which flags in roll-out are on; without it only those that are on for all'),
  }),
) {}

/** What one installation has to know. */
export class AppConfigAnswer extends createZodDto(
  z.object({
    platforms: AppConfig.shape.platforms,
    flags: z.record(z.string(), z.boolean()),
    maintenance: Maintenance.nullable(),
  }),
) {}
