import { Injectable } from '@nestjs/common';
import { ValidationFailed } from '../../../shared/domain-error';
import { Content, type Localizations, type Variables } from '../push.schema';
import { fill } from './placeholders';
import { type Template, TemplateStore } from './template.store';
import { type RenderedTemplate, TemplateRenderer } from './template-renderer';
import { TemplateUnknown } from './templates.errors';

interface Invalid {
  readonly path: string;
  readonly message: string;
}

/** Renders what the store keeps. */
@Injectable()
export class StoredTemplateRenderer extends TemplateRenderer {
  constructor(private readonly store: TemplateStore) {
    super();
  }

  async render(name: string, variables: Variables): Promise<RenderedTemplate> {
    const template = await this.store.find(name);
    if (template === undefined) throw new TemplateUnknown();
    return renderTemplate(template, variables);
  }
}

/** @throws ValidationFailed see TemplateRenderer */
export function renderTemplate(template: Template, variables: Variables): RenderedTemplate {
  const given = unequal(template.variables, Object.keys(variables));
  if (given.length > 0) throw new ValidationFailed(given);
  const content = fill(template.content, variables);
  const localizations: Localizations = fill(template.localizations, variables);
  const errors = [
    ...invalid(content, 'content'),
    ...Object.entries(localizations).flatMap(([locale, words]) =>
      invalid({ ...content, ...words }, `localizations.${locale}`),
    ),
  ];
  if (errors.length > 0) throw new ValidationFailed(errors);
  return { version: template.version, content, localizations };
}

function unequal(wanted: readonly string[], given: readonly string[]): readonly Invalid[] {
  const missing = wanted.filter((name) => !given.includes(name));
  const unused = given.filter((name) => !wanted.includes(name));
  return [
    ...missing.map((name) => ({ path: `content.variables.${name}`, message: 'is required' })),
    ...unused.map((name) => ({ path: `content.variables.${name}`, message: 'is not known' })),
  ];
}

/** What keeps it from being a content. */
function invalid(variant: unknown, path: string): readonly Invalid[] {
  const issues = Content.safeParse(variant).error?.issues ?? [];
  return issues.map((issue) => ({ path: [path, ...issue.path].join('.'), message: issue.message }));
}
