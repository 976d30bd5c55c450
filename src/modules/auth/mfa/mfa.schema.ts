import { createZodDto } from 'nestjs-zod/dto';
import { z } from 'zod';
import { Code } from '../accounts/verification-codes';
import { AccessGrant } from '../auth.schema';
import { GivenPassword } from '../passwords/password-policy';

/** Of the authenticator app, or a recovery code. What does not look like either is a wrong one, and counts. */
const SecondFactorCode = z.string().trim().min(1).max(64);

export class LoginMfaBody extends createZodDto(
  z.strictObject({ mfaToken: z.string().min(1).max(512), code: SecondFactorCode }),
) {}

/** One of the two. */
interface StepUp {
  readonly proof:
    | { readonly by: 'code'; readonly code: string }
    | { readonly by: 'password'; readonly password: string };
}

export class StepUpBody extends createZodDto(
  z
    .strictObject({ code: SecondFactorCode.optional(), password: GivenPassword.optional() })
    .transform(({ code, password }, context): StepUp => {
      if (code !== undefined && password === undefined) return { proof: { by: 'code', code } };
      if (password !== undefined && code === undefined) return { proof: { by: 'password', password } };
      context.addIssue({ code: 'custom', path: ['code'], message: 'is needed, or password in its place' });
      return z.NEVER;
    }),
) {}

export class ConfirmTotpBody extends createZodDto(z.strictObject({ code: Code })) {}

export class TotpSecret extends createZodDto(
  z.object({
    secret: z.string().describe('Base32, for typing it in'),
    otpauthUri: z.string().describe('For a QR code, or to open the authenticator app'),
  }),
) {}

export class TotpConfirmed extends createZodDto(
  AccessGrant.extend({
    recoveryCodes: z.array(z.string()).describe('Shown this once; each is good for one sign-in or step-up'),
  }),
) {}
