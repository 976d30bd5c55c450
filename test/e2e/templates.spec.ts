import { randomUUID } from 'node:crypto';
import { type Answer, expectStatus, type Problem } from '../support/api';
import { TestStack } from '../support/test-stack';
import { type Persona, TestTokens } from '../support/test-tokens';

jest.setTimeout(60_000);

interface View {
  readonly name: string;
  readonly version: number;
  readonly variables: string[];
}

const CONTENT = { title: 'Order {{order}}', body: 'Hi {{name}}', data: { nested: ['{{order}}'] } };
const PT = { title: 'Pedido {{order}}' };

describe('templates', () => {
  let stack: TestStack;
  let admin: Persona;
  let developer: Persona;
  let name: string;

  beforeAll(async () => {
    stack = await TestStack.shared();
    const tokens = new TestTokens(stack);
    admin = await tokens.persona({ roles: ['user', 'admin'], aal: 'aal2' });
    developer = await tokens.persona({ roles: ['user', 'developer'] });
  });
  beforeEach(() => {
    name = `t-${randomUUID()}`;
  });
  afterAll(() => stack.stop());

  const as = (who: Persona, method: string, path: string, body?: unknown, headers = {}) =>
    stack.api.request(method, `/v1/push/templates${path}`, {
      headers: { ...who.authorization, ...headers },
      ...(body !== undefined && { body }),
    });
  const save = (body: unknown, headers = {}) => as(admin, 'PUT', `/${name}`, body, headers);
  const read = (query = '', headers = {}) => as(developer, 'GET', `/${name}${query}`, undefined, headers);
  const drop = (headers = {}) => as(admin, 'DELETE', `/${name}`, undefined, headers);
  const refusal = (answer: Answer) => [answer.status, answer.json<Problem>().code];
  const errorsOf = (answer: Answer) => expectStatus(answer, 422).json<Problem>().errors;
  const tagOf = (answer: Answer) => answer.headers.get('etag') ?? '';

  it('keep their versions', async () => {
    const first = expectStatus(await save({ content: CONTENT, localizations: { 'pt-br': PT } }), 201);
    expect(first.json()).toEqual({
      name,
      version: 1,
      content: CONTENT,
      localizations: { 'pt-BR': PT },
      variables: ['name', 'order'],
      createdAt: expect.stringMatching(/Z$/),
    });
    const second = expectStatus(await save({ content: { title: 'Plain' } }), 200);
    expect(second.json()).toMatchObject({ version: 2, localizations: {}, variables: [] });
    expect((await read()).json()).toEqual(second.json());
    expect((await read('?version=1')).json()).toEqual(first.json());
    expect(tagOf(await read('?version=1'))).toBe(tagOf(first));
    expect(refusal(await read('?version=3'))).toEqual([404, 'not_found']);
    expect(refusal(await read('?version=0'))).toEqual([422, 'validation_failed']);
  });

  it('are deleted softly: the versions before are gone, the next one counts on', async () => {
    expectStatus(await drop(), 404);
    expectStatus(await save({ content: CONTENT }), 201);
    expectStatus(await drop(), 204);
    expectStatus(await drop(), 204);
    expect(refusal(await read())).toEqual([404, 'not_found']);
    expect(expectStatus(await save({ content: CONTENT }), 201).json()).toMatchObject({ version: 2 });
    expect(refusal(await read('?version=1'))).toEqual([404, 'not_found']);
    const audited = await stack.sql<{ action: string; version: number | null }>(
      `select action, (details ->> 'version')::int as version from loopin.audit_events
       where target = $1 order by occurred_at, id`,
      [`push_template:${name}`],
    );
    expect(audited).toEqual([
      { action: 'push_template.saved', version: 1 },
      { action: 'push_template.deleted', version: null },
      { action: 'push_template.saved', version: 2 },
    ]);
  });

  it('are listed by name, each in its current version', async () => {
    name = 'list-b';
    expectStatus(await save({ content: CONTENT, localizations: { pt: PT } }), 201);
    expectStatus(await save({ content: CONTENT, localizations: { pt: PT } }), 200);
    name = 'list-a';
    expectStatus(await save({ content: CONTENT }), 201);
    name = 'list-deleted';
    expectStatus(await save({ content: CONTENT }), 201);
    expectStatus(await drop(), 204);
    const page = expectStatus(await as(developer, 'GET', `?limit=100`), 200).json<{ data: View[] }>();
    const listed = page.data.filter((one) => one.name.startsWith('list-'));
    expect(listed).toMatchObject([
      { name: 'list-a', version: 1, locales: [] },
      { name: 'list-b', version: 2, locales: ['pt'], variables: ['name', 'order'] },
    ]);
    const first = (await as(developer, 'GET', '?limit=1')).json<{ data: View[]; nextCursor: string }>();
    const rest = await as(developer, 'GET', `?limit=100&cursor=${first.nextCursor}`);
    expect([...first.data, ...rest.json<{ data: View[] }>().data]).toEqual(page.data);
  });

  it('are changed for what was read only', async () => {
    const tag = tagOf(expectStatus(await save({ content: CONTENT }, { 'if-none-match': '*' }), 201));
    expectStatus(await read('', { 'if-none-match': tag }), 304);
    const answers = await Promise.all([1, 2, 3].map(() => save({ content: CONTENT }, { 'if-match': tag })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
    expect(refusal(await save({ content: CONTENT }, { 'if-none-match': '*' }))).toEqual([
      412,
      'precondition_failed',
    ]);
    expect(refusal(await drop({ 'if-match': tag }))).toEqual([412, 'precondition_failed']);
    expectStatus(await drop({ 'if-match': tagOf(await read()) }), 204);
    expect(refusal(await save({ content: CONTENT }, { 'if-match': '*' }))).toEqual([
      412,
      'precondition_failed',
    ]);
  });

  it.each([
    ['a placeholder without an end', { content: { title: 'Hi {{name' } }, ['content.title']],
    ['a placeholder without a beginning', { content: { title: 'Hi name}}' } }, ['content.title']],
    ['a section', { content: { body: '{{#a}}x{{/a}}' } }, ['content.body']],
    [
      'a partial, deep inside',
      { content: { title: 'x', data: { a: [{ b: '{{>p}}' }] } } },
      ['content.data.a.0.b'],
    ],
    [
      'a variable of a locale alone',
      { content: { title: 'Hi {{name}}' }, localizations: { pt: { title: 'Oi {{nome}}' } } },
      ['localizations.pt.title'],
    ],
    [
      'a locale twice',
      { content: { title: 'x' }, localizations: { 'pt-br': {}, 'pt-BR': {} } },
      ['localizations'],
    ],
    ['a locale that is none', { content: { title: 'x' }, localizations: { p_t: {} } }, ['localizations.p_t']],
    ['no words', { content: { data: {} } }, ['content']],
    ['a link that is none', { content: { title: 'x', imageUrl: 'http://x.example' } }, ['content.imageUrl']],
    ['what is no text', { content: { title: 'a\u0000b' } }, ['content.title']],
    ['what is too large', { content: { title: 'x', data: { a: 'x'.repeat(9_000) } } }, ['content']],
    ['what nobody knows', { content: { title: 'x', subtitle: 'y' } }, ['content.subtitle']],
  ])('are refused with %s', async (_, body, paths) => {
    const answer = await save(body);
    expect(errorsOf(answer)?.map(({ path }) => path)).toEqual(paths);
    expect(refusal(await read())).toEqual([404, 'not_found']);
  });

  it('have names', async () => {
    name = 'No!';
    expect(refusal(await save({ content: CONTENT }))).toEqual([422, 'validation_failed']);
    expect(refusal(await read())).toEqual([404, 'not_found']);
  });
});
