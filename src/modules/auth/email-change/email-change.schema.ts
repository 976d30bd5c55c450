import { createZodDto } from 'nestjs-zod/dto';
import { z } from 'zod';
import { Email } from '../accounts/email';
import { Code } from '../accounts/verification-codes';

export class ChangeEmailBody extends createZodDto(z.strictObject({ newEmail: Email })) {}
export class ConfirmEmailBody extends createZodDto(z.strictObject({ code: Code })) {}
export class UndoEmailBody extends createZodDto(
  z.strictObject({ token: z.string().min(1).max(512).describe('of the mail to the old address') }),
) {}
