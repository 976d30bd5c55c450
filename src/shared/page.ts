import { z } from 'zod';

/** `?limit=` and `?cursor=` of every list; the cursor, opaque to callers, is the id of the last item. */
export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: z
    .base64url()
    .max(64)
    .transform((cursor) => Buffer.from(cursor, 'base64url').toString())
    .pipe(z.guid('is not a cursor of this list'))
    .optional(),
});
export type PageQuery = z.infer<typeof PageQuery>;

export interface Page<Item> {
  readonly data: Item[];
  readonly nextCursor: string | null;
}

/** The schema of a page of items, for the documentation. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ data: z.array(item), nextCursor: z.string().nullable() });

/** Cuts a page from rows that were read with `limit + 1`. */
export function toPage<Item>(rows: readonly Item[], limit: number, idOf: (item: Item) => string): Page<Item> {
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { data, nextCursor: more ? Buffer.from(idOf(last)).toString('base64url') : null };
}
