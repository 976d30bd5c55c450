import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database/database';
import { Clock } from '../../../shared/clock';
import { NotFound } from '../../../shared/domain-error';
import { type Page, toPage } from '../../../shared/page';
import { AuditLog } from '../../audit';
import { canonicalLocale } from './locales';
import { placeholdersIn } from './placeholders';
import { type Template, TemplateStore } from './template.store';
import type { Localizations, TemplateContent } from './templates.schema';

/** Looks at what is there now, and throws when the change was not made for that. */
type MayReplace = (current: Template | undefined) => void;

export interface SavedTemplate {
  readonly template: Template;
  readonly created: boolean;
}

/** Words of notifications that are said more than once. A version never changes: notifications name theirs. */
@Injectable()
export class TemplatesService {
  constructor(
    private readonly store: TemplateStore,
    private readonly audit: AuditLog,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  async list({ limit, cursor }: { limit: number; cursor?: string | undefined }): Promise<Page<Template>> {
    return toPage(await this.store.list(limit, cursor), limit, ({ name }) => name);
  }

  /** @throws NotFound */
  async get(name: string, version: number | undefined): Promise<Template> {
    const template = await this.store.find(name, version);
    if (template === undefined) throw new NotFound();
    return template;
  }

  /** Makes the next version. */
  async save(
    actor: string,
    name: string,
    { content, localizations = {} }: { content: TemplateContent; localizations?: Localizations | undefined },
    mayReplace: MayReplace,
  ): Promise<SavedTemplate> {
    return this.database.transaction(async (tx) => {
      const { newest, current } = await this.store.lock(tx, name);
      mayReplace(current);
      const version = {
        name,
        version: newest + 1,
        content,
        localizations: canonical(localizations),
        variables: [...placeholdersIn(content).variables.keys()].sort(),
        createdAt: this.clock.now(),
      };
      const template = await this.store.add(tx, version, actor);
      const event = { actor, action: 'push_template.saved', target: `push_template:${name}` };
      await this.audit.record(tx, { ...event, details: { version: template.version } });
      return { template, created: current === undefined };
    });
  }

  /** Its versions are kept, and a later one of that name counts on. Deleting twice is fine. @throws NotFound */
  async delete(actor: string, name: string, mayReplace: MayReplace): Promise<void> {
    await this.database.transaction(async (tx) => {
      const { newest, current } = await this.store.lock(tx, name);
      if (newest === 0) throw new NotFound();
      mayReplace(current);
      if (current === undefined) return;
      await this.store.delete(tx, name, this.clock.now());
      const target = `push_template:${name}`;
      await this.audit.record(tx, { actor, action: 'push_template.deleted', target });
    });
  }
}

const canonical = (localizations: Localizations): Localizations =>
  Object.fromEntries(
    Object.entries(localizations)
      .map(([tag, words]) => [canonicalLocale(tag), words] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
