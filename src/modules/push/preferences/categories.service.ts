import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import { Clock } from '../../../shared/clock';
import { NotFound, ValidationFailed } from '../../../shared/domain-error';
import { type Page, toPage } from '../../../shared/page';
import { AuditLog } from '../../audit';
import { SECURITY } from '../push.schema';
import type { Cap } from './categories.schema';
import { type Category, CategoryStore } from './category.store';

/** How often a category may be heard of. */
@Injectable()
export class CategoriesService {
  constructor(
    private readonly store: CategoryStore,
    private readonly audit: AuditLog,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async list({ limit, cursor }: { limit: number; cursor?: string | undefined }): Promise<Page<Category>> {
    return toPage(await this.store.list(limit, cursor), limit, ({ name }) => name);
  }

  /** @throws ValidationFailed for a cap on security */
  async put(actor: string, name: string, cap: Cap | null): Promise<Category> {
    if (name === SECURITY && cap !== null)
      throw new ValidationFailed([{ path: 'cap', message: 'can not be set on security' }]);
    const category = { name, cap, updatedAt: this.clock.now() };
    await this.database.transaction(async (tx) => {
      await this.store.put(tx, category);
      const details = { count: cap?.count ?? null, windowSeconds: cap?.windowSeconds ?? null };
      const target = `push_category:${name}`;
      await this.audit.record(tx, { actor, action: 'push_category.changed', target, details });
    });
    return category;
  }

  /** The category is free of a rule again. @throws NotFound */
  async delete(actor: string, name: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      if (!(await this.store.delete(tx, name))) throw new NotFound();
      const target = `push_category:${name}`;
      await this.audit.record(tx, { actor, action: 'push_category.deleted', target });
    });
  }
}
