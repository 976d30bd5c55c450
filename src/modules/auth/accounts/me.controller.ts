import { Body, Controller, Get, Patch } from '@nestjs/common';
import { SIGNED_IN } from '../../../platform/http/access';
import { CurrentUser, Endpoint } from '../../../platform/http/endpoint';
import { IfMatch, type Precondition } from '../../../platform/http/etag';
import type { UserPrincipal } from '../../../platform/http/principal';
import { MeAnswer, PatchMeBody } from '../auth.schema';
import { toUserView } from '../sessions/session-answers';
import { ProfileService } from './profile.service';

@Controller('v1/me')
export class MeController {
  constructor(private readonly profiles: ProfileService) {}

  @Get()
  @Endpoint({ summary: 'Who is signed in', access: SIGNED_IN, etag: true, answer: MeAnswer })
  async me(@CurrentUser() { userId }: UserPrincipal): Promise<MeAnswer> {
    return toUserView(await this.profiles.get(userId));
  }

  /** The address and the password have routes of their own: they ask for proofs. */
  @Patch()
  @Endpoint({ summary: 'Change the own name', access: SIGNED_IN, etag: true, answer: MeAnswer })
  async change(
    @CurrentUser() { userId }: UserPrincipal,
    @IfMatch() condition: Precondition,
    @Body() { displayName }: PatchMeBody,
  ): Promise<MeAnswer> {
    const user = await this.profiles.change(userId, displayName, (current) =>
      condition.assert(toUserView(current)),
    );
    return toUserView(user);
  }
}
