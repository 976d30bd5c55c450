import { Controller, Delete, Get, Post, Query } from '@nestjs/common';
import { SIGNED_IN, SIGNED_IN_AT_ANY_LEVEL } from '../../../platform/http/access';
import { CurrentUser, Endpoint } from '../../../platform/http/endpoint';
import { IdParam } from '../../../platform/http/id-param';
import type { UserPrincipal } from '../../../platform/http/principal';
import type { SessionId } from '../../../shared/ids';
import { SessionsAnswer, SessionsQuery } from '../auth.schema';
import { SessionsService } from './sessions.service';

/** A user's own sessions. */
@Controller('v1/auth')
export class SessionsController {
  constructor(private readonly sessions: SessionsService) {}

  @Get('sessions')
  @Endpoint({ summary: 'Own sessions', access: SIGNED_IN, acceptsQuery: true, answer: SessionsAnswer })
  async list(@CurrentUser() user: UserPrincipal, @Query() query: SessionsQuery): Promise<SessionsAnswer> {
    const page = await this.sessions.list(user.userId, query);
    return {
      nextCursor: page.nextCursor,
      data: page.data.map(({ createdAt, lastUsedAt, ...session }) => ({
        ...session,
        current: session.id === user.sessionId,
        createdAt: createdAt.toISOString(),
        lastUsedAt: lastUsedAt.toISOString(),
      })),
    };
  }

  @Delete('sessions/:id')
  @Endpoint({ summary: 'End one of them', access: SIGNED_IN, status: 204 })
  async revoke(@CurrentUser() user: UserPrincipal, @IdParam('id') id: SessionId): Promise<void> {
    await this.sessions.revoke({ userId: user.userId, id });
  }

  @Post('logout')
  @Endpoint({ summary: 'End this session', access: SIGNED_IN_AT_ANY_LEVEL, status: 204 })
  async logout(@CurrentUser() user: UserPrincipal): Promise<void> {
    await this.sessions.logout({ userId: user.userId, id: user.sessionId });
  }

  @Post('logout-others')
  @Endpoint({ summary: 'End all other sessions', access: SIGNED_IN, status: 204 })
  async logoutOthers(@CurrentUser() user: UserPrincipal): Promise<void> {
    await this.sessions.logoutOthers({ userId: user.userId, id: user.sessionId });
  }
}
