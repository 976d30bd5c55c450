import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { idSchema } from '../../shared/ids';
import { localeSchema } from '../../shared/locale';
import { PageQuery, pageOf } from '../../shared/page';
import { PublicJwk } from '../../shared/public-jwk';

const shortText = z.string().trim().min(1).max(100);
const timezone = z.string().refine(isTimezone, 'is not an IANA time zone');

/** What a phone says of itself, at sign-in and when it registers. */
export const DeviceFacts = z.strictObject({
  platform: z.enum(['ios', 'android', 'web']),
  appVersion: z
    .string()
    .max(64)
    .regex(/^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/, 'is not a semantic version'),
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

export const PushTarget = z.strictObject({
  provider: z.literal('onesignal'),
  subscriptionId: z.guid().toLowerCase(),
});
export type PushTarget = z.infer<typeof PushTarget>;

export class PutDeviceBody extends createZodDto(DeviceFacts.extend({ push: PushTarget.optional() })) {}

export class PutSigningKeyBody extends createZodDto(z.strictObject({ publicKey: PublicJwk })) {}

const DeviceView = z.object({
  deviceId: z.string(),
  platform: z.string(),
  appVersion: z.string(),
  osVersion: z.string().nullable(),
  model: z.string().nullable(),
  locale: z.string().nullable(),
  timezone: z.string().nullable(),
  push: z.object({ provider: z.string() }).nullable(),
  createdAt: z.iso.datetime(),
  lastSeenAt: z.iso.datetime(),
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
