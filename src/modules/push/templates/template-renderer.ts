import { ValidationFailed } from '../../../shared/domain-error';
import type { Content, Localizations, Variables } from '../push.schema';

export interface RenderedTemplate {
  readonly content: Content;
  readonly localizations: Localizations;
  readonly version: number;
}

/** Words that were written before, filled in for one notification. */
export abstract class TemplateRenderer {
  /** @throws ValidationFailed for a template that does not exist, or variables that do not fit it */
  abstract render(name: string, variables: Variables): Promise<RenderedTemplate>;
}

export class NoTemplates extends TemplateRenderer {
  async render(): Promise<RenderedTemplate> {
    throw new ValidationFailed([{ path: 'template', message: 'unknown template' }]);
  }
}
