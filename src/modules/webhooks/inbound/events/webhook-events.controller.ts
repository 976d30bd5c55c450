import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { type AccessRule, ADMIN_OR_DEVELOPER, adminOrKey } from '../../../../platform/http/access';
import { Caller, Endpoint, ResourceId } from '../../../../platform/http/endpoint';
import { IdParam } from '../../../../platform/http/id-param';
import { type Principal, principalKey } from '../../../../platform/http/principal';
import type { WebhookEventId } from '../../../../shared/ids';
import { EventReplay } from '../replays/event-replay.service';
import { type ReplayJobId, WebhookReplays } from '../replays/webhook-replays.service';
import { toEventView } from './event-view';
import {
  ReplayAnswer,
  ReplayWebhooksBody,
  WebhookEventAnswer,
  WebhookEventsAnswer,
  WebhookEventsQuery,
} from './webhook-events.schema';
import { WebhookEvents } from './webhook-events.service';

const READERS: AccessRule = { ...ADMIN_OR_DEVELOPER, scopes: ['webhooks:read'] };
const REPLAYERS = adminOrKey('webhooks:replay');

@Controller('v1/webhook-events')
export class WebhookEventsController {
  constructor(
    private readonly events: WebhookEvents,
    private readonly replays: WebhookReplays,
    private readonly eventReplay: EventReplay,
  ) {}

  /** Newest first. */
  @Get()
  @Endpoint({
    summary: 'Events that providers posted',
    access: READERS,
    acceptsQuery: true,
    answer: WebhookEventsAnswer,
  })
  async list(@Query() query: WebhookEventsQuery): Promise<WebhookEventsAnswer> {
    const { data, nextCursor } = await this.events.list(query);
    return { data: data.map(toEventView), nextCursor };
  }

  /** With the outline of its payload; values that may be somebody's are hidden from everybody. */
  @Get(':id')
  @Endpoint({ summary: 'An event, its payload redacted', access: READERS, answer: WebhookEventAnswer })
  async inspect(@IdParam('id') id: WebhookEventId): Promise<WebhookEventAnswer> {
    const { payload, ...event } = await this.events.inspect(id);
    return { ...toEventView(event), payload };
  }

  /** A range, by a job whose progress `/v1/admin/jobs/{jobId}` shows. `dryRun` only counts. */
  @Post('replay')
  @Endpoint({
    summary: 'Replay all events of a range',
    access: REPLAYERS,
    status: 202,
    idempotency: 'optional',
    answer: ReplayAnswer,
  })
  async replayRange(
    @Caller() caller: Principal,
    @ResourceId() id: ReplayJobId,
    @Body() { dryRun, ...filter }: ReplayWebhooksBody,
  ): Promise<ReplayAnswer> {
    if (dryRun) return { count: await this.replays.count(filter) };
    return { count: await this.replays.start(principalKey(caller), id, filter), jobId: id };
  }

  @Post(':id/replay')
  @Endpoint({
    summary: 'Replay one event',
    access: REPLAYERS,
    status: 202,
    idempotency: 'optional',
    answer: ReplayAnswer,
  })
  async replay(@Caller() caller: Principal, @IdParam('id') id: WebhookEventId): Promise<ReplayAnswer> {
    await this.eventReplay.perform(principalKey(caller), id);
    return { count: 1 };
  }
}
