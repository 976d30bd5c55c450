import { createZodDto } from 'nestjs-zod/dto';
import { z } from 'zod';
import { pageOf, pageQueryBy } from '../../../shared/page';
import { TopicName } from '../push.schema';

export class TopicsQuery extends createZodDto(pageQueryBy(TopicName)) {}
export class TopicsAnswer extends createZodDto(
  pageOf(z.object({ topic: z.string(), createdAt: z.iso.datetime() })),
) {}
