import { createZodDto } from 'nestjs-zod/dto';
import { z } from 'zod';
import { idSchema } from '../../shared/ids';
import { PageQuery, pageOf } from '../../shared/page';
import { SignInDevice } from '../devices';
import { Email } from './accounts/email';
import { Code } from './accounts/verification-codes';
import { GivenPassword, NewPassword } from './passwords/password-policy';

const DisplayName = z.string().trim().min(1).max(100);

export class RegisterBody extends createZodDto(
  z.strictObject({ email: Email, password: NewPassword, displayName: DisplayName.optional() }),
) {}
export class ResendBody extends createZodDto(z.strictObject({ email: Email })) {}
export class VerifyEmailBody extends createZodDto(
  z.strictObject({ email: Email, code: Code, device: SignInDevice }),
) {}
export class LoginBody extends createZodDto(
  z.strictObject({ email: Email, password: GivenPassword, device: SignInDevice }),
) {}
export class RefreshBody extends createZodDto(
  z.strictObject({ refreshToken: z.string().min(1).max(512), deviceId: idSchema<'Device'>() }),
) {}

export class VerificationSent extends createZodDto(z.object({ status: z.literal('verification_sent') })) {}

const UserView = z.object({
  id: z.string(),
  email: z.string(),
  emailVerified: z.boolean(),
  displayName: z.string().nullable(),
  roles: z.array(z.string()),
  mfaEnabled: z.boolean(),
});
export type UserView = z.infer<typeof UserView>;
/** What is left out stays as it is. */
export class PatchMeBody extends createZodDto(
  z.strictObject({ displayName: DisplayName.nullable().optional() }),
) {}
export class MeAnswer extends createZodDto(UserView) {}

export const AccessGrant = z.object({
  accessToken: z.string(),
  /** `DPoP`: the session is bound to a key, and every use of it proves that key. */
  tokenType: z.enum(['Bearer', 'DPoP']),
  expiresIn: z.number(),
});
export class AccessAnswer extends createZodDto(AccessGrant) {}

export class SessionAnswer extends createZodDto(
  AccessGrant.extend({
    refreshToken: z.string(),
    refreshExpiresIn: z.number(),
    sessionId: z.string(),
    user: UserView,
  }),
) {}

const SessionView = z.object({
  id: z.string(),
  deviceId: z.string(),
  platform: z.string(),
  model: z.string().nullable(),
  appVersion: z.string(),
  current: z.boolean(),
  createdAt: z.iso.datetime(),
  lastUsedAt: z.iso.datetime(),
});
export class SessionsQuery extends createZodDto(PageQuery) {}
export class SessionsAnswer extends createZodDto(pageOf(SessionView)) {}

export class JwksAnswer extends createZodDto(
  z.object({ keys: z.array(z.record(z.string(), z.unknown())) }),
) {}
