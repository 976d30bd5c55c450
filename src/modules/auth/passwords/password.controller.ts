import { Body, Controller, Post } from '@nestjs/common';
import { PUBLIC, PUBLIC_OR_SIGNED_IN } from '../../../platform/http/access';
import { Endpoint, OptionalUser } from '../../../platform/http/endpoint';
import type { UserPrincipal } from '../../../platform/http/principal';
import { Unauthenticated } from '../../../shared/domain-error';
import { CODE_LIMITS, MAIL_LIMITS, PASSWORD_CHANGE_LIMITS } from '../auth.limits';
import { ChangePasswordBody, ForgotPasswordBody, ResetPasswordBody, ResetSent } from './password.schema';
import { PasswordChangeService } from './password-change.service';
import { PasswordResetService } from './password-reset.service';
import { PasswordResetRequests } from './password-reset-requests';

const SENT: ResetSent = { status: 'reset_sent' };

@Controller('v1/auth/password')
export class PasswordController {
  constructor(
    private readonly changes: PasswordChangeService,
    private readonly requests: PasswordResetRequests,
    private readonly resets: PasswordResetService,
  ) {}

  /**
   * With a session and the current password, or without a session and the token of `password_expired`. The current
   * password is as fresh a proof as there is: no step-up is asked for besides.
   */
  @Post('change')
  @Endpoint({
    summary: 'Change the password',
    access: PUBLIC_OR_SIGNED_IN,
    status: 204,
    limits: PASSWORD_CHANGE_LIMITS,
  })
  async change(
    @Body() { currentPassword, passwordChangeToken, newPassword }: ChangePasswordBody,
    @OptionalUser() user: UserPrincipal | undefined,
  ): Promise<void> {
    if (passwordChangeToken !== undefined) {
      return this.changes.changeExpired(passwordChangeToken, newPassword);
    }
    if (user === undefined || currentPassword === undefined) throw new Unauthenticated();
    return this.changes.change(user, currentPassword, newPassword);
  }

  @Post('forgot')
  @Endpoint({
    summary: 'Have a code for a new password sent',
    access: PUBLIC,
    status: 202,
    limits: MAIL_LIMITS,
    answer: ResetSent,
  })
  async forgot(@Body() { email }: ForgotPasswordBody): Promise<ResetSent> {
    await this.requests.make(email);
    return SENT;
  }

  @Post('reset')
  @Endpoint({ summary: 'Set a new password by its code', access: PUBLIC, status: 204, limits: CODE_LIMITS })
  async reset(@Body() { email, code, newPassword }: ResetPasswordBody): Promise<void> {
    await this.resets.reset(email, code, newPassword);
  }
}
