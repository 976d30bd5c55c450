import { Body, Controller, Get, Header, Headers, Post } from '@nestjs/common';
import { PUBLIC } from '../../platform/http/access';
import { ApiHeader } from '../../platform/http/documented';
import { Endpoint } from '../../platform/http/endpoint';
import { LOGIN_LIMITS, REFRESH_LIMITS } from './auth.limits';
import { JwksAnswer, LoginBody, RefreshBody, SessionAnswer } from './auth.schema';
import { RefreshedKey, SessionKey } from './proofs/session-key';
import { RefreshService } from './sessions/refresh.service';
import { SessionAnswers } from './sessions/session-answers';
import { SignInService } from './sessions/sign-in.service';
import { SigningKeys } from './signing-keys/signing-keys';

@Controller()
export class AuthController {
  constructor(
    private readonly signIn: SignInService,
    private readonly refreshes: RefreshService,
    private readonly answers: SessionAnswers,
    private readonly keys: SigningKeys,
  ) {}

  @Post('v1/auth/login')
  @Endpoint({
    summary: 'Sign in with e-mail and password',
    access: PUBLIC,
    open: 'in_maintenance',
    limits: LOGIN_LIMITS,
    answer: SessionAnswer,
  })
  async login(@Body() body: LoginBody, @SessionKey() key: string | undefined): Promise<SessionAnswer> {
    return this.answers.of(await this.signIn.login(body.email, body.password, body.device, key));
  }

  @Post('v1/auth/refresh')
  @ApiHeader({ name: 'X-Device-Token', required: false })
  @Endpoint({
    summary: 'Renew a session',
    access: PUBLIC,
    open: 'in_maintenance',
    limits: REFRESH_LIMITS,
    answer: SessionAnswer,
  })
  async refresh(
    @Body() body: RefreshBody,
    @Headers('x-device-token') deviceToken: string | undefined,
    @RefreshedKey() key: string | undefined,
  ): Promise<SessionAnswer> {
    const { refreshToken, deviceId } = body;
    return this.answers.of(await this.refreshes.refresh(refreshToken, deviceId, deviceToken, key));
  }

  /** Clients keep it for ten minutes. */
  @Get('.well-known/jwks.json')
  @Header('cache-control', 'public, max-age=600')
  @Endpoint({
    summary: 'The keys that access tokens are signed with',
    access: PUBLIC,
    open: 'in_maintenance',
    answer: JwksAnswer,
  })
  async jwks(): Promise<JwksAnswer> {
    return { keys: [...(await this.keys.jwks())] };
  }
}
