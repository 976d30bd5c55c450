import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { type AccessRule, ADMIN, ADMIN_OR_DEVELOPER, fresh } from '../../../platform/http/access';
import { Caller, Endpoint, ResourceId } from '../../../platform/http/endpoint';
import { IdParam } from '../../../platform/http/id-param';
import { type Principal, principalKey } from '../../../platform/http/principal';
import type { DeadLetterActionId, DeadLetterId } from '../../../shared/ids';
import { DeadLetterActions, type RequestedAction } from './dead-letter-actions.service';
import {
  ActionAnswer,
  ActionProgressAnswer,
  DeadLetterAnswer,
  DeadLettersAnswer,
  DeadLettersQuery,
  DiscardBody,
  RedriveBody,
} from './dead-letters.schema';
import { DeadLetters } from './dead-letters.service';
import { toLetterView, toProgressView, toShownLetter } from './letter-view';

const READERS: AccessRule = { ...ADMIN_OR_DEVELOPER, scopes: ['jobs:read'] };

@Controller('v1/admin/dead-letters')
export class DeadLettersController {
  constructor(
    private readonly letters: DeadLetters,
    private readonly actions: DeadLetterActions,
  ) {}

  /** Newest first; those that wait for a decision unless another `state` is asked for. */
  @Get()
  @Endpoint({
    summary: 'Messages that their queue gave up',
    access: READERS,
    acceptsQuery: true,
    answer: DeadLettersAnswer,
  })
  async list(@Query() query: DeadLettersQuery): Promise<DeadLettersAnswer> {
    const { data, nextCursor } = await this.letters.list(query);
    return { data: data.map(toLetterView), nextCursor };
  }

  /** Without what may be personal; a body that can't be read is told by its size and hash. */
  @Get(':id')
  @Endpoint({ summary: 'A dead letter, its payload redacted', access: READERS, answer: DeadLetterAnswer })
  async inspect(@IdParam('id') id: DeadLetterId): Promise<DeadLetterAnswer> {
    return toShownLetter(await this.letters.inspect(id));
  }

  /** Sends them again at `rate` messages a second; the worker goes on with what the first batch leaves. */
  @Post('redrive')
  @Endpoint({
    summary: 'Send dead letters again',
    access: fresh(ADMIN),
    idempotency: 'optional',
    answer: ActionAnswer,
  })
  async redrive(
    @Caller() caller: Principal,
    @ResourceId() id: DeadLetterActionId,
    @Body() { dryRun, all: _, rate, reason, ...scope }: RedriveBody,
  ): Promise<ActionAnswer> {
    return this.act(caller, dryRun, { id, kind: 'redrive', scope, rate, reason });
  }

  /** Puts them away; they can be looked at for 30 days more. */
  @Post('discard')
  @Endpoint({
    summary: 'Put dead letters away',
    access: fresh(ADMIN),
    idempotency: 'optional',
    answer: ActionAnswer,
  })
  async discard(
    @Caller() caller: Principal,
    @ResourceId() id: DeadLetterActionId,
    @Body() { dryRun, all: _, reason, ...scope }: DiscardBody,
  ): Promise<ActionAnswer> {
    return this.act(caller, dryRun, { id, kind: 'discard', scope, reason });
  }

  /** How far a redrive or discard has come. */
  @Get('actions/:id')
  @Endpoint({
    summary: 'How far a redrive or discard has come',
    access: READERS,
    answer: ActionProgressAnswer,
  })
  async progress(@IdParam('id') id: DeadLetterActionId): Promise<ActionProgressAnswer> {
    return toProgressView(await this.actions.progress(id));
  }

  private async act(caller: Principal, dryRun: boolean, action: RequestedAction): Promise<ActionAnswer> {
    if (dryRun) return { id: null, count: await this.actions.count(action.scope), dryRun };
    return { id: action.id, count: await this.actions.start(principalKey(caller), action), dryRun };
  }
}
