import { Controller, Delete, Get, Headers, Put, Query } from '@nestjs/common';
import { SIGNED_IN } from '../../../platform/http/access';
import { ApiHeader } from '../../../platform/http/documented';
import { CurrentUser, Endpoint } from '../../../platform/http/endpoint';
import { NameParam } from '../../../platform/http/name-param';
import type { UserPrincipal } from '../../../platform/http/principal';
import { DevicesService } from '../../devices';
import { TopicName } from '../push.schema';
import { TopicsAnswer, TopicsQuery } from './topics.schema';
import { TopicsService } from './topics.service';

@ApiHeader({ name: 'X-Device-Token', required: false })
@Controller('v1/push/topics')
export class TopicsController {
  constructor(
    private readonly topics: TopicsService,
    private readonly devices: DevicesService,
  ) {}

  @Get()
  @Endpoint({ summary: 'Own topics', access: SIGNED_IN, acceptsQuery: true, answer: TopicsAnswer })
  async list(
    @CurrentUser() { userId, deviceId }: UserPrincipal,
    @Query() query: TopicsQuery,
    @Headers('x-device-token') token: string | undefined,
  ): Promise<TopicsAnswer> {
    await this.devices.verifyToken(userId, deviceId, token);
    const { data, nextCursor } = await this.topics.list(userId, query);
    const view = data.map(({ topic, createdAt }) => ({ topic, createdAt: createdAt.toISOString() }));
    return { data: view, nextCursor };
  }

  /** The same again changes nothing. */
  @Put(':topic/subscription')
  @Endpoint({ summary: 'Subscribe to a topic', access: SIGNED_IN, status: 204 })
  async subscribe(
    @CurrentUser() { userId, deviceId }: UserPrincipal,
    @NameParam('topic', TopicName, { makes: true }) topic: string,
    @Headers('x-device-token') token: string | undefined,
  ): Promise<void> {
    await this.devices.verifyToken(userId, deviceId, token);
    await this.topics.subscribe(userId, topic);
  }

  @Delete(':topic/subscription')
  @Endpoint({ summary: 'Leave a topic', access: SIGNED_IN, status: 204 })
  async unsubscribe(
    @CurrentUser() { userId, deviceId }: UserPrincipal,
    @NameParam('topic', TopicName) topic: string,
    @Headers('x-device-token') token: string | undefined,
  ): Promise<void> {
    await this.devices.verifyToken(userId, deviceId, token);
    await this.topics.unsubscribe(userId, topic);
  }
}
