import { Body, Controller, Post } from '@nestjs/common';
import { fresh, PUBLIC, SIGNED_IN } from '../../../platform/http/access';
import { CurrentUser, Endpoint } from '../../../platform/http/endpoint';
import type { UserPrincipal } from '../../../platform/http/principal';
import { CODE_LIMITS, EMAIL_CHANGE_LIMITS, EMAIL_CODE_LIMITS } from '../auth.limits';
import { VerificationSent } from '../auth.schema';
import { ChangeEmailBody, ConfirmEmailBody, UndoEmailBody } from './email-change.schema';
import { EmailChangeService } from './email-change.service';
import { EmailUndoService } from './email-undo.service';

const SENT: VerificationSent = { status: 'verification_sent' };

@Controller('v1/auth/email')
export class EmailChangeController {
  constructor(
    private readonly changes: EmailChangeService,
    private readonly undos: EmailUndoService,
  ) {}

  /** Says the same whether or not the address has an account. */
  @Post('change')
  @Endpoint({
    summary: 'Ask for another address: a code goes to it',
    access: fresh(SIGNED_IN),
    status: 202,
    limits: EMAIL_CHANGE_LIMITS,
    answer: VerificationSent,
  })
  async change(
    @CurrentUser() { userId }: UserPrincipal,
    @Body() { newEmail }: ChangeEmailBody,
  ): Promise<VerificationSent> {
    await this.changes.request(userId, newEmail);
    return SENT;
  }

  /** The old address is told, and can take it back for 7 days. */
  @Post('confirm')
  @Endpoint({
    summary: 'Prove the new address by its code: from now on it counts',
    access: SIGNED_IN,
    status: 204,
    limits: EMAIL_CODE_LIMITS,
  })
  async confirm(@CurrentUser() { userId }: UserPrincipal, @Body() { code }: ConfirmEmailBody): Promise<void> {
    await this.changes.confirm(userId, code);
  }

  /** Without signing in: whoever needs it can't. */
  @Post('undo')
  @Endpoint({
    summary: 'Take a change of address back, by the token in the mail to the old one',
    access: PUBLIC,
    status: 204,
    limits: CODE_LIMITS,
  })
  async undo(@Body() { token }: UndoEmailBody): Promise<void> {
    await this.undos.undo(token);
  }
}
