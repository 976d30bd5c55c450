import fc from 'fast-check';
import mustache from 'mustache';
import { fill, placeholdersIn } from './placeholders';

const names = (content: unknown) => [...placeholdersIn(content).variables.keys()];

describe('placeholders', () => {
  it('are found in every string, at any depth', () => {
    const content = {
      title: 'Hi {{name}}',
      data: { list: [{ deep: '{{ order_id }} of {{name}}' }], count: 3, none: null },
      deepLink: 'app://orders/{{orderId}}',
    };
    expect(names(content)).toEqual(['name', 'order_id', 'orderId']);
    expect(placeholdersIn(content).findings).toEqual([]);
  });

  it.each([
    ['Hi {{name', 'has a placeholder that does not end'],
    ['Hi name}}', 'has a placeholder that does not begin'],
    ['{{a}} and b}}', 'has a placeholder that does not begin'],
    ['{{{name}}', 'has a placeholder that does not end'],
    ['{{{name}}}', 'may hold plain {{variables}} only'],
    ['{{&name}}', 'may hold plain {{variables}} only'],
    ['{{#a}}x{{/a}}', 'may hold plain {{variables}} only'],
    ['{{^a}}x{{/a}}', 'may hold plain {{variables}} only'],
    ['{{#a}}x', 'has a placeholder that does not end'],
    ['{{/a}}', 'has a placeholder that does not end'],
    ['{{>partial}}', 'may hold plain {{variables}} only'],
    ['{{!comment}}', 'may hold plain {{variables}} only'],
    ['{{=<% %>=}}<% a %>', 'may hold plain {{variables}} only'],
    ['{{a.b}}', 'may hold plain {{variables}} only'],
    ['{{.}}', 'may hold plain {{variables}} only'],
    ['{{}}', 'may hold plain {{variables}} only'],
    ['{{two words}}', 'may hold plain {{variables}} only'],
  ])('%j %s', (body, message) => {
    expect(placeholdersIn({ body }).findings).toEqual([{ path: ['body'], message }]);
  });

  it('are looked for in any number of texts, of which none is kept', () => {
    const text = 'once {{x}}';
    fill({ text, other: placeholdersIn({ text }) }, { x: 1 });
    expect(mustache.templateCache?.get(`${text}:{{:}}`)).toBeUndefined();
  });

  it('that nest for ever are not followed', () => {
    const deep = JSON.parse(`${'['.repeat(5_000)}"{{x}}"${']'.repeat(5_000)}`) as unknown;
    expect(placeholdersIn({ data: deep }).findings).toEqual([
      { path: ['data', '0'], message: 'is nested too deep' },
    ]);
  });

  it('are filled in as they are: no escaping, no second round', () => {
    const filled = fill(
      { title: '{{a}} {b} {{ a }}', data: { list: ['{{b}}', 7, null, true] } },
      { a: '<b>&"{{b}}', b: 5 },
    );
    expect(filled).toEqual({
      title: '<b>&"{{b}} {b} <b>&"{{b}}',
      data: { list: ['5', 7, null, true] },
    });
  });

  it('leave the text around them alone', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((one) => !/[{}]/.test(one));
    fc.assert(
      fc.property(text, text, fc.string({ unit: 'grapheme' }), (before, after, value) => {
        expect(fill(`${before}{{v}}${after}`, { v: value })).toBe(`${before}${value}${after}`);
      }),
    );
  });

  it('never find what nobody gave', () => {
    for (const name of ['constructor', 'toString', 'hasOwnProperty'])
      expect(fill(`{{${name}}}`, { [name]: 'given' })).toBe('given');
  });
});
