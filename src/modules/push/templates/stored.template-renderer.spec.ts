import { ValidationFailed } from '../../../shared/domain-error';
import { renderTemplate } from './stored.template-renderer';
import type { Template } from './template.store';

const template: Template = {
  name: 'order-sent',
  version: 3,
  content: {
    title: 'Order {{order}}',
    body: 'Hi {{name}}',
    deepLink: '{{link}}',
    data: { order: '{{order}}' },
    badge: 1,
  },
  localizations: { pt: { body: 'Olá {{name}}' }, de: { title: 'Bestellung {{order}}' } },
  variables: ['link', 'name', 'order'],
  createdAt: new Date(0),
};
const variables = { order: 7, name: '<Ann & Bob>', link: 'app://orders/7' };

const errorsOf = (given: Record<string, string | number>): unknown => {
  try {
    renderTemplate(template, given);
    return [];
  } catch (error) {
    return error instanceof ValidationFailed ? error.details.members?.errors : error;
  }
};

describe('a template', () => {
  it('becomes a content, and what each locale says otherwise', () => {
    expect(renderTemplate(template, variables)).toEqual({
      version: 3,
      content: {
        title: 'Order 7',
        body: 'Hi <Ann & Bob>',
        deepLink: 'app://orders/7',
        data: { order: '7' },
        badge: 1,
      },
      localizations: {
        pt: { body: 'Olá <Ann & Bob>' },
        de: { title: 'Bestellung 7' },
      },
    });
  });

  it('wants all of its variables and no others', () => {
    expect(errorsOf({ order: 7, link: 'app://x', nmae: 'Ann' })).toEqual([
      { path: 'content.variables.name', message: 'is required' },
      { path: 'content.variables.nmae', message: 'is not known' },
    ]);
  });

  it('does not become what is no content', () => {
    expect(errorsOf({ ...variables, link: 'not a link' })).toEqual([
      { path: 'content.deepLink', message: expect.any(String) },
      { path: 'localizations.pt.deepLink', message: expect.any(String) },
      { path: 'localizations.de.deepLink', message: expect.any(String) },
    ]);
    expect(errorsOf({ ...variables, name: 'x'.repeat(5_000) })).toContainEqual({
      path: 'content.body',
      message: expect.any(String),
    });
  });
});
