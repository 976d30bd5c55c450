import { Controller, Get } from '@nestjs/common';
import { Endpoint } from '../../../../platform/http/endpoint';
import { CATALOGUE } from '../../../events';
import { READERS } from '../outbound.access';
import { EventTypesAnswer } from './webhook-endpoints.schema';

@Controller('v1/webhook-event-types')
export class EventTypesController {
  /** What may be subscribed to, with the schema of what is sent. */
  @Get()
  @Endpoint({
    summary: 'List the events that may be subscribed to',
    access: READERS,
    answer: EventTypesAnswer,
  })
  list(): EventTypesAnswer {
    return { data: CATALOGUE.map((entry) => ({ ...entry, schema: { ...entry.schema } })) };
  }
}
