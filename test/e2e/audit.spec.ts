import { type Answer, expectStatus } from '../support/api';
import { Operator } from '../support/operator';
import { TestStack } from '../support/test-stack';
import { type Persona, TestTokens } from '../support/test-tokens';
import { waitFor } from '../support/wait-for';

jest.setTimeout(120_000);

interface Entry {
  readonly id: string;
  readonly actor: string;
  readonly action: string;
  readonly target: string;
  readonly correlationId: string | null;
  readonly ipPrefix: string | null;
  readonly deviceId: string | null;
  readonly personalHidden: boolean;
  readonly facts: Record<string, unknown>;
}

interface Verification {
  readonly seals: number;
  readonly rows: number;
  readonly unsealed: number;
  readonly findings: { seal: number; problem: string }[];
}

describe('the audit', () => {
  let stack: TestStack;
  let admin: Persona;
  let developer: Persona;
  let key: Operator;

  beforeAll(async () => {
    stack = await TestStack.start();
    const tokens = new TestTokens(stack);
    admin = await tokens.persona({ roles: ['user', 'admin'], aal: 'aal2' });
    developer = await tokens.persona({ roles: ['user', 'developer'] });
    key = await stack.operator('jobs:read');
  });
  afterAll(() => stack.stop());

  const listAs = (headers: Readonly<Record<string, string>>, query = ''): Promise<Answer> =>
    stack.api.get(`/v1/admin/audit${query}`, headers);
  const entries = (answer: Answer) =>
    expectStatus(answer, 200).json<{ data: Entry[]; nextCursor: string | null }>();
  const ofAdmin = async (query: string) => entries(await listAs(admin.authorization, query));

  it('has a sign-up from its first step, with where it came from for an administrator only', async () => {
    const phone = stack.phone();
    await phone.signUp();
    const actor = `?actor=user:${phone.session.user.id}`;
    const seen = await ofAdmin(actor);
    expect(seen.data.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['account.created', 'session.opened']),
    );
    const opened = seen.data.find(({ action }) => action === 'session.opened');
    expect(opened).toMatchObject({
      ipPrefix: '127.0.0.0/24',
      deviceId: phone.deviceId,
      personalHidden: false,
      facts: { aal: 'aal1', by: 'otp' },
    });
    for (const headers of [developer.authorization, { 'x-api-key': key.apiKey }]) {
      const [masked] = entries(await listAs(headers, `${actor}&action=session.opened`)).data;
      expect(masked).toMatchObject({ id: opened?.id, ipPrefix: null, deviceId: null, personalHidden: true });
    }
  });

  it('is looked through page by page, by actor, target, action and time', async () => {
    const first = await ofAdmin('?limit=1');
    const second = await ofAdmin(`?limit=1&cursor=${first.nextCursor}`);
    expect(second.data[0]?.id).not.toBe(first.data[0]?.id);
    const [entry] = second.data;
    const same = await ofAdmin(`?target=${entry?.target}&action=${entry?.action}&actor=${entry?.actor}`);
    expect(same.data.map(({ id }) => id)).toContain(entry?.id);
    expect((await ofAdmin('?since=2999-01-01T00:00:00Z')).data).toEqual([]);
    expect((await listAs(admin.authorization, '?cursor=bm90IGE')).status).toBe(422);
    expect((await listAs(admin.authorization, '?colour=red')).status).toBe(422);
  });

  it('notes that guessing locked an account', async () => {
    const phone = stack.phone();
    await phone.signUp();
    const { email, id } = phone.session.user;
    const device = { deviceId: phone.deviceId, platform: 'ios', appVersion: '1.0.0' };
    for (let guess = 0; guess < 5; guess++) {
      await stack.api.post('/v1/auth/login', { email, password: `Wrong-guess-${guess}!`, device });
    }
    const { data } = await ofAdmin(`?target=user:${id}&action=sign_in.locked`);
    expect(data[0]).toMatchObject({ actor: 'system', facts: { knownDevice: true } });
  });

  it('is sealed by the worker, copied to the archive, and verified by a command that names what does not hold', async () => {
    const isSealed = async () => {
      const [row] = await stack.sql<{ sealed: boolean | null }>(
        `select (select max(position) from loopin.audit_events) = (select max(last_position) from loopin.audit_seals) as sealed`,
      );
      return row?.sealed;
    };
    await waitFor('all of it to be sealed', isSealed, 60_000);
    const sound = await stack.cli<Verification>('audit', 'verify', '--archives');
    expect(sound).toMatchObject({ unsealed: 0, findings: [] });
    expect(sound.rows).toBeGreaterThan(3);
    await stack.sql(
      `update loopin.audit_events set action = 'nothing.happened'
       where id = (select id from loopin.audit_events order by position, id limit 1)`,
    );
    const program = stack.run(['dist/tools/cli/main.js', 'audit', 'verify', '--json']);
    expect(await program.ended()).toBe(1);
    const report = JSON.parse(program.stdout.at(-1) ?? '') as Verification;
    expect(report.findings).toEqual([{ seal: 1, problem: 'row_changed' }]);

    const newest = await waitFor(
      'a copy of the newest seal',
      async () => {
        const answer = await fetch(
          `${stack.local.env.ARCHIVE_ENDPOINT}/loopin-archive/audit/seals/newest.json`,
        );
        return answer.ok ? ((await answer.json()) as { number: number }) : undefined;
      },
      60_000,
    );
    expect(newest.number).toBeGreaterThan(0);
  });

  it('is listed, counted and restored by operators', async () => {
    const { data } = await stack.cli<{ data: Entry[] }>('audit', 'list', '--action', 'session.opened');
    expect(data[0]?.ipPrefix).toBe('127.0.0.0/24');
    const counts = await stack.cli<{ data: { dataClass: string }[] }>('retention', '--dry-run');
    expect(counts.data.map(({ dataClass }) => dataClass)).toEqual(
      expect.arrayContaining(['loopin.outbox', 'loopin.audit_events', 'loopin.push_deliveries']),
    );
    expect(await stack.cli('archive', 'list')).toEqual({ data: [] });
    const nothing = stack.cli(
      'archive',
      'restore',
      '--class',
      'webhook_events',
      '--month',
      '2026-01',
      '--into',
      'x',
    );
    await expect(nothing).rejects.toThrow('not in the archive');
  });
});
