import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { SIGNED_IN } from '../../../platform/http/access';
import { CurrentUser, Endpoint } from '../../../platform/http/endpoint';
import { IdParam } from '../../../platform/http/id-param';
import type { UserPrincipal } from '../../../platform/http/principal';
import type { NotificationId } from '../../../shared/ids';
import { InboxAnswer, type InboxItemView, InboxQuery, ReadAllBody, UnreadAnswer } from './inbox.schema';
import { InboxService } from './inbox.service';
import type { InboxItem } from './inbox.store';

@Controller('v1/inbox')
export class InboxController {
  constructor(private readonly inbox: InboxService) {}

  @Get()
  @Endpoint({
    summary: 'Own notifications as a feed, with the number of unread ones',
    access: SIGNED_IN,
    acceptsQuery: true,
    answer: InboxAnswer,
  })
  async list(@CurrentUser() { userId }: UserPrincipal, @Query() query: InboxQuery): Promise<InboxAnswer> {
    const { data, nextCursor, unreadCount } = await this.inbox.list(userId, query);
    return { data: data.map(toView), nextCursor, unreadCount };
  }

  @Post(':id/read')
  @Endpoint({ summary: 'Mark one as read', access: SIGNED_IN, answer: UnreadAnswer })
  async read(
    @CurrentUser() { userId }: UserPrincipal,
    @IdParam('id') id: NotificationId,
  ): Promise<UnreadAnswer> {
    return { unreadCount: await this.inbox.read(userId, id) };
  }

  /** All that came until then. */
  @Post('read-all')
  @Endpoint({ summary: 'Mark all as read', access: SIGNED_IN, answer: UnreadAnswer })
  async readAll(
    @CurrentUser() { userId }: UserPrincipal,
    @Body() { until }: ReadAllBody,
  ): Promise<UnreadAnswer> {
    return { unreadCount: await this.inbox.readAll(userId, new Date(until)) };
  }
}

function toView({ id, content, category, createdAt, readAt }: InboxItem): InboxItemView {
  const { title = null, body = null, data = null, imageUrl = null, deepLink = null } = content;
  return {
    ...{ id, title, body, data, imageUrl, deepLink, category },
    createdAt: createdAt.toISOString(),
    readAt: readAt?.toISOString() ?? null,
  };
}
