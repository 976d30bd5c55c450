import { createZodDto } from 'nestjs-zod/dto';
import { z } from 'zod';
import { idSchema, type NotificationId } from '../../../shared/ids';
import { pageOf, pageQueryBy } from '../../../shared/page';

/** The place of an item in the feed: when it came, and its id. */
export interface FeedPosition {
  readonly createdAt: Date;
  readonly id: NotificationId;
}

const Position = z
  .string()
  .transform((text) => text.split('/'))
  .pipe(z.tuple([z.iso.datetime(), idSchema<'Notification'>()], 'is not a cursor of this list'))
  .transform(([createdAt, id]): FeedPosition => ({ createdAt: new Date(createdAt), id }));

export const positionText = ({ createdAt, id }: FeedPosition): string => `${createdAt.toISOString()}/${id}`;

export class InboxQuery extends createZodDto(pageQueryBy(Position)) {}

const InboxItemView = z.object({
  id: z.string(),
  title: z.string().nullable(),
  body: z.string().nullable(),
  data: z.record(z.string(), z.unknown()).nullable(),
  imageUrl: z.string().nullable(),
  deepLink: z.string().nullable(),
  category: z.string(),
  createdAt: z.iso.datetime(),
  readAt: z.iso.datetime().nullable(),
});
export type InboxItemView = z.infer<typeof InboxItemView>;

const Unread = z.object({ unreadCount: z.number() });
export class InboxAnswer extends createZodDto(pageOf(InboxItemView).extend(Unread.shape)) {}
export class UnreadAnswer extends createZodDto(Unread) {}

/** What came after `until` was not on the screen yet, and stays unread. */
export class ReadAllBody extends createZodDto(z.strictObject({ until: z.iso.datetime() })) {}
