import type { Transaction } from '../../../platform/database/transaction';
import type { Localizations, TemplateContent } from './templates.schema';

/** One version of a template. */
export interface Template {
  readonly name: string;
  readonly version: number;
  readonly content: TemplateContent;
  /** By locale, as it is written (`pt-BR`). */
  readonly localizations: Localizations;
  /** What has to be given to fill it in. */
  readonly variables: readonly string[];
  readonly createdAt: Date;
}

export interface TemplateState {
  /** The last version that was ever made; 0 before the first. */
  readonly newest: number;
  /** Undefined where it was deleted. */
  readonly current: Template | undefined;
}

/** Every version that was ever saved. */
export abstract class TemplateStore {
  /** The current versions, by name; up to `limit + 1` rows from `after` on. */
  abstract list(limit: number, after: string | undefined): Promise<Template[]>;
  /** @param version the current one where none is said; never one from before a deletion */
  abstract find(name: string, version?: number): Promise<Template | undefined>;
  /** One writer of this name at a time, until the transaction ends. */
  abstract lock(tx: Transaction, name: string): Promise<TemplateState>;
  /** @returns it as it is read from now on */
  abstract add(tx: Transaction, template: Template, createdBy: string): Promise<Template>;
  abstract delete(tx: Transaction, name: string, now: Date): Promise<void>;
}
