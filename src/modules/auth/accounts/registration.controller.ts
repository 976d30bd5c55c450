import { Body, Controller, Post } from '@nestjs/common';
import { PUBLIC } from '../../../platform/http/access';
import { Endpoint } from '../../../platform/http/endpoint';
import { LOGIN_LIMITS, MAIL_LIMITS } from '../auth.limits';
import { RegisterBody, ResendBody, SessionAnswer, VerificationSent, VerifyEmailBody } from '../auth.schema';
import { SessionKey } from '../proofs/session-key';
import { SessionAnswers } from '../sessions/session-answers';
import { AddressVerification } from './address-verification.service';
import { RegistrationService } from './registration.service';
import { RegistrationOffers } from './registration-offers';

const SENT: VerificationSent = { status: 'verification_sent' };

/** From an address that somebody claims to an account whose owner proved it. */
@Controller('v1/auth')
export class RegistrationController {
  constructor(
    private readonly registration: RegistrationService,
    private readonly offers: RegistrationOffers,
    private readonly verification: AddressVerification,
    private readonly answers: SessionAnswers,
  ) {}

  @Post('register')
  @Endpoint({
    summary: 'Ask for an account: a code goes to the address',
    access: PUBLIC,
    status: 202,
    limits: MAIL_LIMITS,
    answer: VerificationSent,
  })
  async register(@Body() body: RegisterBody): Promise<VerificationSent> {
    await this.registration.register(body.email, body.password, body.displayName);
    return SENT;
  }

  @Post('verify-email/resend')
  @Endpoint({
    summary: 'Have the code sent again',
    access: PUBLIC,
    status: 202,
    limits: MAIL_LIMITS,
    answer: VerificationSent,
  })
  async resend(@Body() body: ResendBody): Promise<VerificationSent> {
    await this.offers.resend(body.email);
    return SENT;
  }

  @Post('verify-email')
  @Endpoint({
    summary: 'Prove the address by its code, and sign in',
    access: PUBLIC,
    limits: LOGIN_LIMITS,
    answer: SessionAnswer,
  })
  async verifyEmail(
    @Body() body: VerifyEmailBody,
    @SessionKey() key: string | undefined,
  ): Promise<SessionAnswer> {
    return this.answers.of(await this.verification.verify(body.email, body.code, body.device, key));
  }
}
