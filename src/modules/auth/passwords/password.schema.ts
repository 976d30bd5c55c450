import { createZodDto } from 'nestjs-zod/dto';
import { z } from 'zod';
import { Email } from '../accounts/email';
import { Code } from '../accounts/verification-codes';
import { GivenPassword, NewPassword } from './password-policy';

const ChangeToken = z.string().min(1).max(512);

export class ChangePasswordBody extends createZodDto(
  z
    .strictObject({
      currentPassword: GivenPassword.optional(),
      passwordChangeToken: ChangeToken.optional(),
      newPassword: NewPassword,
    })
    .superRefine(({ currentPassword, passwordChangeToken }, context) => {
      if ((currentPassword === undefined) !== (passwordChangeToken === undefined)) return;
      context.addIssue({
        code: 'custom',
        path: ['currentPassword'],
        message: 'is needed, or passwordChangeToken in its place',
      });
    }),
) {}
export class ForgotPasswordBody extends createZodDto(z.strictObject({ email: Email })) {}
export class ResetPasswordBody extends createZodDto(
  z.strictObject({ email: Email, code: Code, newPassword: NewPassword }),
) {}

export class ResetSent extends createZodDto(z.object({ status: z.literal('reset_sent') })) {}
