import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { PageQuery, toPage } from './page';

const idOf = (id: string) => id;

describe('pages', () => {
  it('lead through everything, each item once, whatever the limit', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.uuid(), { maxLength: 60 }),
        fc.integer({ min: 1, max: 100 }),
        (ids, limit) => {
          const all = ids.sort();
          const seen: string[] = [];
          for (let cursor: string | null | undefined; cursor !== null; ) {
            const query = PageQuery.parse({ limit: String(limit), ...(cursor !== undefined && { cursor }) });
            const rows = all
              .filter((id) => query.cursor === undefined || id > query.cursor)
              .slice(0, limit + 1);
            const page = toPage(rows, limit, idOf);
            expect(page.data.length).toBeLessThanOrEqual(limit);
            seen.push(...page.data);
            cursor = page.nextCursor;
          }
          expect(seen).toEqual(all);
        },
      ),
    );
  });

  it('have a usual size', () => {
    expect(PageQuery.parse({})).toEqual({ limit: 20 });
  });

  it.each([
    { limit: '0' },
    { limit: '101' },
    { limit: '1.5' },
    { limit: 'all' },
    { cursor: '' },
    { cursor: '!' },
    { page: '2' },
  ])('refuse %j', (query) => {
    expect(PageQuery.safeParse(query).success).toBe(false);
  });

  it('refuse a cursor that no list made', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        const cursor = Buffer.from(text).toString('base64url');
        expect(PageQuery.safeParse({ cursor }).success).toBe(false);
      }),
    );
    const cursor = Buffer.from(randomUUID()).toString('base64url');
    expect(PageQuery.safeParse({ cursor }).success).toBe(true);
  });
});
