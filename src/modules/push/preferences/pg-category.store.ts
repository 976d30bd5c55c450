import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import type { Transaction } from '../../../platform/database/transaction';
import { type Category, CategoryStore } from './category.store';

interface CategoryTable {
  name: string;
  cap_count: number | null;
  cap_window_seconds: number | null;
  updated_at: Date;
}

interface CategoryTables {
  'loopin.push_categories': CategoryTable;
}

@Injectable()
export class PgCategoryStore extends CategoryStore {
  constructor(private readonly database: Database) {
    super();
  }

  async list(limit: number, after: string | undefined): Promise<Category[]> {
    const rows = await this.database
      .tables<CategoryTables>()
      .selectFrom('loopin.push_categories')
      .select(['name', 'cap_count', 'cap_window_seconds', 'updated_at'])
      .$if(after !== undefined, (query) => query.where('name', '>', after ?? null))
      .orderBy('name')
      .limit(limit + 1)
      .execute();
    return rows.map(toCategory);
  }

  async put(tx: Transaction, { name, cap, updatedAt }: Category): Promise<void> {
    const rule = {
      cap_count: cap?.count ?? null,
      cap_window_seconds: cap?.windowSeconds ?? null,
      updated_at: updatedAt,
    };
    await tx
      .tables<CategoryTables>()
      .insertInto('loopin.push_categories')
      .values({ name, ...rule })
      .onConflict((conflict) => conflict.column('name').doUpdateSet(rule))
      .execute();
  }

  async delete(tx: Transaction, name: string): Promise<boolean> {
    const { numDeletedRows } = await tx
      .tables<CategoryTables>()
      .deleteFrom('loopin.push_categories')
      .where('name', '=', name)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }
}

function toCategory(row: CategoryTable): Category {
  const { cap_count: count, cap_window_seconds: windowSeconds } = row;
  const cap = count === null || windowSeconds === null ? null : { count, windowSeconds };
  return { name: row.name, cap, updatedAt: row.updated_at };
}
