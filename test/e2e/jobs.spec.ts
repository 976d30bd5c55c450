import { randomUUID } from 'node:crypto';
import { newId } from '../../src/shared/ids';
import { type Answer, expectStatus, type Problem } from '../support/api';
import { auditOf } from '../support/audit';
import { range } from '../support/concurrently';
import { TestStack } from '../support/test-stack';
import { type Persona, TestTokens } from '../support/test-tokens';
import { waitFor } from '../support/wait-for';

jest.setTimeout(90_000);

interface JobView {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly attempts: number;
  readonly lastError: string | null;
  readonly cancelRequested: boolean;
}
interface JobsPage {
  readonly data: JobView[];
  readonly nextCursor: string | null;
}

describe('jobs', () => {
  let stack: TestStack;
  let admin: Persona;
  let developer: Persona;

  beforeAll(async () => {
    stack = await TestStack.shared();
    const tokens = new TestTokens(stack);
    admin = await tokens.persona({ roles: ['user', 'admin'], aal: 'aal2' });
    developer = await tokens.persona({ roles: ['user', 'developer'] });
  });
  afterAll(() => stack.stop());

  /** Nobody takes it before its time, which is far. */
  async function job(name: string, state: string, more: { key?: string; payload?: object } = {}) {
    const id = newId<'Job'>();
    const over = state !== 'queued' && state !== 'running';
    await stack.sql(
      `insert into loopin.jobs (id, name, payload, unique_key, state, run_at, wake_at, lease_until, attempt,
         last_error, correlation_id, created_at, finished_at)
       values ($1, $2, $3, $4, $5, now() + interval '1 year', $6, $7, $8, $9, $1, now(), $10)`,
      [
        ...[id, name, JSON.stringify(more.payload ?? { noteId: id }), more.key ?? null, state],
        ...[over ? null : '2100-01-01', state === 'running' ? '2100-01-01' : null],
        ...[state === 'queued' ? 0 : 1, state === 'failed' ? 'Error' : null, over ? new Date() : null],
      ],
    );
    return id;
  }
  const newName = () => `test.${randomUUID()}`;
  const list = async (query: string, headers: Readonly<Record<string, string>> = developer.authorization) =>
    expectStatus(await stack.api.get(`/v1/admin/jobs?${query}`, headers), 200).json<JobsPage>();
  const inspect = async (id: string) =>
    expectStatus(await stack.api.get(`/v1/admin/jobs/${id}`, developer.authorization), 200).json<JobView>();
  const act = (id: string, action: 'cancel' | 'retry'): Promise<Answer> =>
    stack.api.post(`/v1/admin/jobs/${id}/${action}`, undefined, admin.authorization);
  const refusal = (answer: Answer) => [answer.status, answer.json<Problem>().code];
  const reaches = (id: string, status: string) =>
    waitFor(
      `${id} to be ${status}`,
      async () => {
        const view = await inspect(id);
        if (view.status !== status) throw new Error(JSON.stringify(view));
        return view;
      },
      30_000,
    );

  it('are listed newest first, page by page, by name and status', async () => {
    const name = newName();
    const ids: string[] = [];
    for (const state of ['queued', 'done', 'failed', 'done', 'cancelled'])
      ids.unshift(await job(name, state));
    const pages: string[][] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const page: JobsPage = await list(`name=${name}&limit=2${cursor && `&cursor=${cursor}`}`);
      pages.push(page.data.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(pages).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
    const done = await list(`name=${name}&status=done`);
    expect(done.data.map(({ id }) => id)).toEqual([ids[1], ids[3]]);
    const { apiKey } = await stack.operator('jobs:read');
    const failed = await list('status=failed&limit=100', { 'x-api-key': apiKey });
    expect(failed.data.map(({ id }) => id)).toContain(ids[2]);
    expect(new Set(failed.data.map(({ status }) => status))).toEqual(new Set(['failed']));
    const refused = await stack.api.get('/v1/admin/jobs?status=lost', developer.authorization);
    expect(refusal(refused)).toEqual([422, 'validation_failed']);
  });

  it('are shown with payload and key, and what is none is not found', async () => {
    const name = newName();
    const id = await job(name, 'failed', { key: 'one' });
    expect(await inspect(id)).toEqual({
      ...{ id, name, status: 'failed', attempts: 1, lastError: 'Error', cancelRequested: false },
      ...{ payload: { noteId: id }, key: 'one', progress: { done: 0, total: null }, correlationId: id },
      ...{ runAt: expect.any(String), createdAt: expect.any(String), startedAt: null },
      finishedAt: expect.any(String),
    });
    const unknown = await stack.api.get(`/v1/admin/jobs/${randomUUID()}`, developer.authorization);
    expect(unknown.status).toBe(404);
    expect((await act(randomUUID(), 'cancel')).status).toBe(404);
    expect((await act(randomUUID(), 'retry')).status).toBe(404);
  });

  it('end at once when they are cancelled in the queue, and cannot be cancelled again', async () => {
    const id = await job(newName(), 'queued');
    expect(expectStatus(await act(id, 'cancel'), 200).json<JobView>()).toMatchObject({ status: 'cancelled' });
    expect(refusal(await act(id, 'cancel'))).toEqual([409, 'job_over']);
    expect(await auditOf(stack, `job:${id}`)).toEqual([
      { actor: `user:${admin.userId}`, action: 'job.cancelled' },
    ]);
  });

  it('that run are told so, and are cancelled by the next worker when theirs died', async () => {
    const id = await job(newName(), 'running');
    for (const _ of range(2)) {
      expect(expectStatus(await act(id, 'cancel'), 200).json()).toMatchObject({
        ...{ status: 'running', cancelRequested: true },
      });
    }
    await stack.sql('update loopin.jobs set lease_until = now(), wake_at = now() where id = $1', [id]);
    expect(await reaches(id, 'cancelled')).toMatchObject({ attempts: 2, lastError: null });
  });

  it('that failed are begun again', async () => {
    const payload = { slot: '2026-01-01T00:00:00.000Z' };
    const id = await job('housekeeping.delete-expired', 'failed', { payload });
    expect(expectStatus(await act(id, 'retry'), 200).json<JobView>().status).toMatch(/queued|running|done/);
    expect(await reaches(id, 'done')).toMatchObject({ attempts: 2 });
    expect(refusal(await act(id, 'retry'))).toEqual([409, 'job_not_retryable']);
    expect(refusal(await act(id, 'cancel'))).toEqual([409, 'job_over']);
    expect(await auditOf(stack, `job:${id}`)).toEqual([
      { actor: `user:${admin.userId}`, action: 'job.retried' },
    ]);
  });

  it('are not begun again while another one does the same', async () => {
    const name = newName();
    const id = await job(name, 'failed', { key: 'one' });
    await job(name, 'queued', { key: 'one' });
    expect(refusal(await act(id, 'retry'))).toEqual([409, 'job_already_open']);
    expect(await auditOf(stack, `job:${id}`)).toEqual([]);
  });

  it('are at the operators’ hands as well', async () => {
    const name = newName();
    const id = await job(name, 'queued');
    const listed = await stack.cli<JobsPage>('jobs', 'list', '--name', name, '--status', 'queued');
    expect([listed.data.map((one) => one.id), listed.nextCursor]).toEqual([[id], null]);
    expect(await stack.cli('jobs', 'show', id)).toEqual(await inspect(id));
    expect(await stack.cli('jobs', 'cancel', id)).toMatchObject({ id, status: 'cancelled' });
    await expect(stack.cli('jobs', 'cancel', id)).rejects.toThrow('The job is over');
    expect(await stack.cli('jobs', 'retry', id)).toMatchObject({ id, cancelRequested: false });
    expect(await auditOf(stack, `job:${id}`)).toEqual([
      { actor: 'operator', action: 'job.cancelled' },
      { actor: 'operator', action: 'job.retried' },
    ]);
    const noted = await waitFor('an attempt', async () => (await inspect(id)).lastError, 30_000);
    expect(noted).toBe(`SafeError: nobody does ${name}`);
    // it would be tried again
    expectStatus(await act(id, 'cancel'), 200);
    const { data } = await stack.cli<{ data: object[] }>('schedules', 'list');
    expect(data).toContainEqual({
      ...{ name: 'rotate-signing-keys', everySeconds: 3_600, offsetSeconds: 420, catchUp: 'latest' },
      job: 'auth.rotate-signing-keys',
    });
  });
});
