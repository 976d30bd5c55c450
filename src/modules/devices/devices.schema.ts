import { createZodDto } from 'nestjs-zod/dto';
import { z } from 'zod';
import { idSchema } from '../../shared/ids';
import { localeSchema } from '../../shared/locale';
import { PageQuery, pageOf } from '../../shared/page';
import { PublicJwk } from '../../shared/public-jwk';

const shortText = z.string().trim().min(1).max(100);
const timezone = z.string().refine(isTimezone, 'is not an IANA time zone such as Asia/Kolkata');

/** What a phone says of itself, at sign-in and when it registers. */
export const DeviceFacts = z.strictObject({
  platform: z.enum(['ios', 'android', 'web']),
  appVersion: z
    .string()
    .max(64)
    .regex(/^\d+(?:\.\d+){0,2}(?:[-+][0-9A-Za-z.+-]+)?$/, 'is not a version such as 2.4.0 or 2.4'),
  osVersion: shortText.optional(),
  model: shortText.optional(),
  locale: localeSchema.optional(),
  timezone: timezone.optional(),
  fingerprint: z.string().min(1).max(256).optional(),
});
export type DeviceFacts = z.infer<typeof DeviceFacts>;

/** `device` of every sign-in. */
export const SignInDevice = DeviceFacts.extend({ deviceId: idSchema<'Device'>() });
export type SignInDevice = z.infer<typeof SignInDevice>;

/**
 * Where a phone is reached: the target of `provider` first, that of the other one (when it is given too) while the
 * first one's provider is away.
 */
const Push = z
  .strictObject({
    provider: z.enum(['onesignal', 'fcm']),
    subscriptionId: z.guid().toLowerCase().optional().describe('of OneSignal'),
    token: z
      .string()
      .max(1_000)
      .regex(/^[!-~]+$/, 'is not a registration token')
      .optional()
      .describe('registration token of FCM'),
  })
  .refine((push) => push.provider !== 'onesignal' || push.subscriptionId !== undefined, {
    message: 'is needed with the provider onesignal',
    path: ['subscriptionId'],
  })
  .refine((push) => push.provider !== 'fcm' || push.token !== undefined, {
    message: 'is needed with the provider fcm',
    path: ['token'],
  });
export type Push = z.infer<typeof Push>;

export class PutDeviceBody extends createZodDto(
  DeviceFacts.extend({
    push: Push.nullish().describe('absent: stays as it is; null: this installation gets no push any more'),
  }),
) {}

export class PutSigningKeyBody extends createZodDto(z.strictObject({ publicKey: PublicJwk })) {}

const DeviceView = z.object({
  deviceId: z.string(),
  platform: z.string(),
  appVersion: z.string(),
  osVersion: z.string().nullable(),
  model: z.string().nullable(),
  locale: z.string().nullable(),
  timezone: z.string().nullable(),
  push: z.object({ provider: z.string(), fallbackProvider: z.string().optional() }).nullable(),
  createdAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
  stale: z.boolean().describe('without a sign of life for 30 days: it is still sent to, until day 270'),
});
export type DeviceView = z.infer<typeof DeviceView>;

export class DeviceAnswer extends createZodDto(DeviceView) {}
export class PutDeviceAnswer extends createZodDto(
  z.object({ device: DeviceView, deviceToken: z.string().optional() }),
) {}
export class DevicesQuery extends createZodDto(PageQuery) {}
export class DevicesAnswer extends createZodDto(pageOf(DeviceView)) {}

function isTimezone(value: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
