import { Body, Controller, Post } from '@nestjs/common';
import { PUBLIC } from '../../../platform/http/access';
import { Endpoint } from '../../../platform/http/endpoint';
import { OIDC_LIMITS } from '../auth.limits';
import { SessionAnswer } from '../auth.schema';
import { SessionKey } from '../proofs/session-key';
import { SessionAnswers } from '../sessions/session-answers';
import { OidcBody } from './oidc.schema';
import { OidcSignInService } from './oidc-sign-in.service';

@Controller('v1/auth/oidc')
export class OidcController {
  constructor(
    private readonly signIns: OidcSignInService,
    private readonly answers: SessionAnswers,
  ) {}

  @Post('apple')
  @Endpoint({
    summary: 'Sign in with Apple',
    access: PUBLIC,
    open: 'in_maintenance',
    limits: OIDC_LIMITS,
    answer: SessionAnswer,
  })
  async apple(@Body() body: OidcBody, @SessionKey() key: string | undefined): Promise<SessionAnswer> {
    return this.answers.of(await this.signIns.signIn('apple', body, key));
  }

  @Post('google')
  @Endpoint({
    summary: 'Sign in with Google',
    access: PUBLIC,
    open: 'in_maintenance',
    limits: OIDC_LIMITS,
    answer: SessionAnswer,
  })
  async google(@Body() body: OidcBody, @SessionKey() key: string | undefined): Promise<SessionAnswer> {
    return this.answers.of(await this.signIns.signIn('google', body, key));
  }
}
