import { Body, Controller, Post, Put } from '@nestjs/common';
import { ADMIN, ADMIN_OR_DEVELOPER, fresh } from '../../../platform/http/access';
import { CurrentUser, Endpoint } from '../../../platform/http/endpoint';
import { IdParam } from '../../../platform/http/id-param';
import { principalKey, type UserPrincipal } from '../../../platform/http/principal';
import { NotFound } from '../../../shared/domain-error';
import type { UserId } from '../../../shared/ids';
import { AccountStore, type User } from './account.store';
import {
  AdminUserAnswer,
  AdminUsersAnswer,
  type AdminUserView,
  PutRolesBody,
  SearchUsersBody,
} from './admin.schema';
import { masked, maskedEmail } from './masking';
import { UserRoles } from './user-roles';

/** Accounts, for those who operate the product. */
@Controller('v1/admin/users')
export class AdminUsersController {
  constructor(
    private readonly accounts: AccountStore,
    private readonly roles: UserRoles,
  ) {}

  /** A search by POST: no address stands in a path or a query. */
  @Post('search')
  @Endpoint({
    summary: 'Find an account by its address',
    access: fresh(ADMIN_OR_DEVELOPER),
    answer: AdminUsersAnswer,
  })
  async search(
    @CurrentUser() caller: UserPrincipal,
    @Body() { email }: SearchUsersBody,
  ): Promise<AdminUsersAnswer> {
    const user = await this.accounts.findByEmail(email);
    const view = caller.roles.includes('admin') ? toView : toMaskedView;
    return { data: user === undefined ? [] : [view(user)], nextCursor: null };
  }

  @Put(':id/roles')
  @Endpoint({ summary: 'Set the roles of an account', access: fresh(ADMIN), answer: AdminUserAnswer })
  async putRoles(
    @CurrentUser() caller: UserPrincipal,
    @IdParam('id') id: UserId,
    @Body() { roles }: PutRolesBody,
  ): Promise<AdminUserAnswer> {
    await this.roles.replace(principalKey(caller), id, roles);
    const user = await this.accounts.findById(id);
    if (user === undefined) throw new NotFound();
    return toView(user);
  }
}

function toView({ id, email, displayName, roles, mfaEnabled }: User): AdminUserView {
  return { id, email, displayName, roles: [...roles], mfaEnabled };
}

function toMaskedView(user: User): AdminUserView {
  const { email, displayName } = user;
  return {
    ...toView(user),
    email: maskedEmail(email),
    displayName: displayName === null ? null : masked(displayName),
  };
}
