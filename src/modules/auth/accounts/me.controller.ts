import { Controller, Get } from '@nestjs/common';
import { SIGNED_IN } from '../../../platform/http/access';
import { CurrentUser, Endpoint } from '../../../platform/http/endpoint';
import type { UserPrincipal } from '../../../platform/http/principal';
import { Unauthenticated } from '../../../shared/domain-error';
import { MeAnswer } from '../auth.schema';
import { toUserView } from '../sessions/session-answers';
import { AccountStore } from './account.store';

@Controller('v1/me')
export class MeController {
  constructor(private readonly accounts: AccountStore) {}

  @Get()
  @Endpoint({ summary: 'Who is signed in', access: SIGNED_IN, answer: MeAnswer })
  async me(@CurrentUser() principal: UserPrincipal): Promise<MeAnswer> {
    const user = await this.accounts.findById(principal.userId);
    if (user === undefined) throw new Unauthenticated();
    return toUserView(user);
  }
}
