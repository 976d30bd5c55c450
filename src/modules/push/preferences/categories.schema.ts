import { createZodDto } from 'nestjs-zod/dto';
import { z } from 'zod';
import { pageOf, pageQueryBy } from '../../../shared/page';
import { CategoryName } from '../push.schema';

/** At most `count` notifications to one user within any `windowSeconds`. */
const Cap = z.strictObject({
  count: z.number().int().min(1).max(100),
  windowSeconds: z.number().int().min(60).max(2_592_000),
});
export type Cap = z.infer<typeof Cap>;

export class PutCategoryBody extends createZodDto(z.strictObject({ cap: Cap.nullable() })) {}
export class CategoriesQuery extends createZodDto(pageQueryBy(CategoryName)) {}

const CategoryView = z.object({
  name: z.string(),
  cap: z.object({ count: z.number(), windowSeconds: z.number() }).nullable(),
  updatedAt: z.iso.datetime(),
});
export type CategoryView = z.infer<typeof CategoryView>;
export class CategoryAnswer extends createZodDto(CategoryView) {}
export class CategoriesAnswer extends createZodDto(pageOf(CategoryView)) {}
