import { z } from 'zod';

/**
 * `?limit=` and `?cursor=` of a list; the cursor, opaque to callers, says which item was the last.
 * @param position what a cursor of this list holds
 */
export const pageQueryBy = <Position>(position: z.ZodType<Position, string>) =>
  z.strictObject({
    limit: z.coerce.number().int().min(1).max(100).default(20),
    cursor: z
      .base64url()
      .max(200)
      .transform((cursor) => Buffer.from(cursor, 'base64url').toString())
      .pipe(position)
      .optional(),
  });

/** Of every list that is ordered by id. */
export const PageQuery = pageQueryBy(z.guid('is not a cursor of this list'));
export type PageQuery = z.infer<typeof PageQuery>;

export interface Page<Item> {
  readonly data: Item[];
  readonly nextCursor: string | null;
}

/** The schema of a page of items, for the documentation. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ data: z.array(item), nextCursor: z.string().nullable() });

/** Cuts a page from rows that were read with `limit + 1`. */
export function toPage<Item>(
  rows: readonly Item[],
  limit: number,
  positionOf: (item: Item) => string,
): Page<Item> {
  const data = rows.slice(0, limit);
  const last = data.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { data, nextCursor: more ? Buffer.from(positionOf(last)).toString('base64url') : null };
}
