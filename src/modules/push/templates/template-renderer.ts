import type { Content, Localizations, Variables } from '../push.schema';

export interface RenderedTemplate {
  readonly version: number;
  readonly content: Content;
  /** What each locale says otherwise. */
  readonly localizations: Localizations;
}

/** From a template and its variables to what phones are sent. */
export abstract class TemplateRenderer {
  /**
   * Fills in the current version, every locale of it.
   * @throws TemplateUnknown
   * @throws ValidationFailed for variables that are missing (`content.variables.<name>`) or not used, and where what
   * comes out is no content (`content.<field>`, `localizations.<locale>.<field>`)
   */
  abstract render(name: string, variables: Variables): Promise<RenderedTemplate>;
}
