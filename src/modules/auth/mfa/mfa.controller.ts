import { Body, Controller, Delete, Post } from '@nestjs/common';
import { fresh, freshSecondFactor, PUBLIC, SIGNED_IN_AT_ANY_LEVEL } from '../../../platform/http/access';
import { CurrentUser, Endpoint } from '../../../platform/http/endpoint';
import type { UserPrincipal } from '../../../platform/http/principal';
import { LOGIN_MFA_LIMITS, STEP_UP_LIMITS } from '../auth.limits';
import { AccessAnswer, SessionAnswer } from '../auth.schema';
import { SessionKey } from '../proofs/session-key';
import { ProvedSignIn } from '../sessions/proved-sign-in';
import { SessionAnswers } from '../sessions/session-answers';
import { StepUpService } from '../sessions/step-up.service';
import { ConfirmTotpBody, LoginMfaBody, StepUpBody, TotpConfirmed, TotpSecret } from './mfa.schema';
import { TotpEnrolmentService } from './totp-enrolment.service';

/** Second factors, and proofs that are fresh enough. */
@Controller('v1/auth')
export class MfaController {
  constructor(
    private readonly signIn: ProvedSignIn,
    private readonly stepUps: StepUpService,
    private readonly enrolment: TotpEnrolmentService,
    private readonly answers: SessionAnswers,
  ) {}

  /** Goes on where a sign-in answered `mfa_required`; the session is of the device that was given there. */
  @Post('login/mfa')
  @Endpoint({
    summary: 'The second step of a sign-in',
    access: PUBLIC,
    open: 'in_maintenance',
    limits: LOGIN_MFA_LIMITS,
    answer: SessionAnswer,
  })
  async loginMfa(
    @Body() { mfaToken, code }: LoginMfaBody,
    @SessionKey() key: string | undefined,
  ): Promise<SessionAnswer> {
    return this.answers.of(await this.signIn.complete(mfaToken, code, key));
  }

  /** A fresh access token; with a code it is `aal2` as well. */
  @Post('step-up')
  @Endpoint({
    summary: 'Prove anew who it is, for calls that want a fresh proof',
    access: SIGNED_IN_AT_ANY_LEVEL,
    open: 'in_maintenance',
    limits: STEP_UP_LIMITS,
    answer: AccessAnswer,
  })
  async stepUp(@CurrentUser() user: UserPrincipal, @Body() { proof }: StepUpBody): Promise<AccessAnswer> {
    const session =
      proof.by === 'code'
        ? await this.stepUps.byCode(user, proof.code)
        : await this.stepUps.byPassword(user, proof.password);
    return this.answers.accessOf(session);
  }

  /** A secret for the authenticator app; nothing changes until a code of it is confirmed, within the hour. */
  @Post('mfa/totp')
  @Endpoint({
    summary: 'Begin with an authenticator app',
    access: fresh(SIGNED_IN_AT_ANY_LEVEL),
    answer: TotpSecret,
  })
  async begin(@CurrentUser() user: UserPrincipal): Promise<TotpSecret> {
    return this.enrolment.begin(user);
  }

  /** Ten recovery codes, shown this once, and an access token of the session that is `aal2` now. */
  @Post('mfa/totp/confirm')
  @Endpoint({
    summary: 'Confirm the authenticator app by its first code',
    access: SIGNED_IN_AT_ANY_LEVEL,
    limits: STEP_UP_LIMITS,
    answer: TotpConfirmed,
  })
  async confirm(
    @CurrentUser() user: UserPrincipal,
    @Body() { code }: ConfirmTotpBody,
  ): Promise<TotpConfirmed> {
    const { recoveryCodes, session } = await this.enrolment.confirm(user, code);
    return { recoveryCodes, ...(await this.answers.accessOf(session)) };
  }

  /** Access tokens end with it: refresh for one that is `aal1`. */
  @Delete('mfa/totp')
  @Endpoint({
    summary: 'Remove the second factor',
    access: freshSecondFactor(SIGNED_IN_AT_ANY_LEVEL),
    status: 204,
  })
  async remove(@CurrentUser() user: UserPrincipal): Promise<void> {
    await this.enrolment.remove(user);
  }
}
