import { Body, Controller, Delete, Get, Put, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ADMIN, ADMIN_OR_DEVELOPER, fresh } from '../../../platform/http/access';
import { CurrentUser, Endpoint } from '../../../platform/http/endpoint';
import { IfMatch, type Precondition } from '../../../platform/http/etag';
import { NameParam } from '../../../platform/http/name-param';
import { principalKey, type UserPrincipal } from '../../../platform/http/principal';
import { TemplateName } from '../push.schema';
import type { Template } from './template.store';
import {
  PutTemplateBody,
  TemplateAnswer,
  TemplateQuery,
  TemplatesAnswer,
  TemplatesQuery,
} from './templates.schema';
import { TemplatesService } from './templates.service';

@Controller('v1/push/templates')
export class TemplatesController {
  constructor(private readonly templates: TemplatesService) {}

  @Get()
  @Endpoint({ summary: 'Templates', access: ADMIN_OR_DEVELOPER, acceptsQuery: true, answer: TemplatesAnswer })
  async list(@Query() query: TemplatesQuery): Promise<TemplatesAnswer> {
    const { data, nextCursor } = await this.templates.list(query);
    const items = data.map(({ name, version, variables, localizations, createdAt }) => ({
      ...{ name, version, variables: [...variables], locales: Object.keys(localizations) },
      createdAt: createdAt.toISOString(),
    }));
    return { data: items, nextCursor };
  }

  /** The current version, or the one that is asked for. */
  @Get(':name')
  @Endpoint({
    summary: 'A template',
    access: ADMIN_OR_DEVELOPER,
    acceptsQuery: true,
    etag: true,
    answer: TemplateAnswer,
  })
  async get(
    @NameParam('name', TemplateName) name: string,
    @Query() { version }: TemplateQuery,
  ): Promise<TemplateAnswer> {
    return toAnswer(await this.templates.get(name, version));
  }

  /** Makes the next version. */
  @Put(':name')
  @Endpoint({
    summary: 'Make the next version of a template',
    access: fresh(ADMIN),
    etag: true,
    creates: true,
    answer: TemplateAnswer,
  })
  async put(
    @CurrentUser() caller: UserPrincipal,
    @NameParam('name', TemplateName, { makes: true }) name: string,
    @IfMatch() condition: Precondition,
    @Body() body: PutTemplateBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TemplateAnswer> {
    const { template, created } = await this.templates.save(principalKey(caller), name, body, (current) =>
      condition.assert(current && toAnswer(current)),
    );
    reply.code(created ? 201 : 200);
    return toAnswer(template);
  }

  @Delete(':name')
  @Endpoint({ summary: 'Delete a template', access: fresh(ADMIN), etag: true, status: 204 })
  async delete(
    @CurrentUser() caller: UserPrincipal,
    @NameParam('name', TemplateName) name: string,
    @IfMatch() condition: Precondition,
  ): Promise<void> {
    await this.templates.delete(principalKey(caller), name, (current) =>
      condition.assert(current && toAnswer(current)),
    );
  }
}

/** The order of members is part of it: it is what an `ETag` stands for. */
const toAnswer = ({ name, version, content, localizations, ...template }: Template): TemplateAnswer => ({
  name,
  version,
  content,
  localizations,
  variables: [...template.variables],
  createdAt: template.createdAt.toISOString(),
});
