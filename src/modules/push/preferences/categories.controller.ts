import { Body, Controller, Delete, Get, Put, Query } from '@nestjs/common';
import { ADMIN, ADMIN_OR_DEVELOPER, fresh } from '../../../platform/http/access';
import { CurrentUser, Endpoint } from '../../../platform/http/endpoint';
import { NameParam } from '../../../platform/http/name-param';
import { principalKey, type UserPrincipal } from '../../../platform/http/principal';
import { CategoryName } from '../push.schema';
import {
  CategoriesAnswer,
  CategoriesQuery,
  CategoryAnswer,
  type CategoryView,
  PutCategoryBody,
} from './categories.schema';
import { CategoriesService } from './categories.service';
import type { Category } from './category.store';

@Controller('v1/push/categories')
export class CategoriesController {
  constructor(private readonly categories: CategoriesService) {}

  @Get()
  @Endpoint({
    summary: 'Categories of notifications',
    access: ADMIN_OR_DEVELOPER,
    acceptsQuery: true,
    answer: CategoriesAnswer,
  })
  async list(@Query() query: CategoriesQuery): Promise<CategoriesAnswer> {
    const page = await this.categories.list(query);
    return { data: page.data.map(toView), nextCursor: page.nextCursor };
  }

  @Put(':name')
  @Endpoint({ summary: 'Make or change a category', access: fresh(ADMIN), answer: CategoryAnswer })
  async put(
    @CurrentUser() caller: UserPrincipal,
    @NameParam('name', CategoryName, { makes: true }) name: string,
    @Body() { cap }: PutCategoryBody,
  ): Promise<CategoryAnswer> {
    return toView(await this.categories.put(principalKey(caller), name, cap));
  }

  @Delete(':name')
  @Endpoint({ summary: 'Delete a category', access: fresh(ADMIN), status: 204 })
  async delete(
    @CurrentUser() caller: UserPrincipal,
    @NameParam('name', CategoryName) name: string,
  ): Promise<void> {
    await this.categories.delete(principalKey(caller), name);
  }
}

const toView = ({ name, cap, updatedAt }: Category): CategoryView => ({
  name,
  cap,
  updatedAt: updatedAt.toISOString(),
});
