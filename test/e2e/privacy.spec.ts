import { randomUUID } from 'node:crypto';
import { expectStatus, type Problem } from '../support/api';
import { auditOfUser } from '../support/audit';
import type { Phone } from '../support/phone';
import { TestStack } from '../support/test-stack';
import { TestTokens } from '../support/test-tokens';
import { waitFor } from '../support/wait-for';

jest.setTimeout(150_000);

const DAY_MS = 86_400_000;
const BOUND_MS = 60_000;
const PICTURE = Buffer.from('a face');

interface OwnJob {
  readonly id: string;
  readonly kind: string;
  readonly status: string;
  readonly scheduledFor: string;
  readonly downloadUrl: string | null;
}

describe('the privacy of a person', () => {
  let stack: TestStack;
  let phone: Phone;

  beforeAll(async () => {
    stack = await TestStack.start();
  });
  beforeEach(async () => {
    phone = await stack.phone().install();
  });
  afterEach(() => stack.moveClock(0));
  afterAll(() => stack.stop());

  const del = (path: string, who = phone) => who.api.request('DELETE', path, { headers: who.authorization });
  const job = async (location: string | null) =>
    expectStatus(await phone.api.get(location ?? '', phone.authorization), 200).json<OwnJob>();
  const cancel = () => phone.api.post('/v1/me/deletion/cancel', undefined, phone.authorization);
  const mailTo = (subject: string) =>
    waitFor(
      subject,
      async () => (await stack.mailbox.to(phone.email)).find((mail) => mail.subject === subject),
      BOUND_MS,
    );

  async function uploadPicture(): Promise<string> {
    const body = { contentType: 'image/png', bytes: PICTURE.length, purpose: 'avatar' };
    const upload = expectStatus(
      await phone.api.post('/v1/media/uploads', body, phone.authorization),
      201,
    ).json<{ id: string; uploadUrl: string; headers: Record<string, string> }>();
    await fetch(upload.uploadUrl, { method: 'PUT', body: PICTURE, headers: upload.headers });
    const path = `/v1/media/${upload.id}/complete`;
    const { downloadUrl } = expectStatus(
      await phone.api.post(path, undefined, phone.authorization),
      200,
    ).json<{ downloadUrl: string }>();
    return downloadUrl;
  }

  it('an account is to be erased in 30 days, asked for twice or once, and can be kept', async () => {
    const tablet = phone.sibling();
    expectStatus(await tablet.login(), 200);
    const asked = expectStatus(await del('/v1/me'), 202);
    const { id, status, scheduledFor } = asked.json<OwnJob>();
    expect(status).toBe('scheduled');
    expect(Date.parse(scheduledFor) - Date.now()).toBeGreaterThan(29.9 * DAY_MS);
    expect(asked.headers.get('location')).toBe(`/v1/me/jobs/${id}`);
    expect(expectStatus(await del('/v1/me'), 202).json<OwnJob>().id).toBe(id);
    expect(await job(`/v1/me/jobs/${id}`)).toMatchObject({
      kind: 'deletion',
      status: 'scheduled',
      scheduledFor,
    });
    await mailTo('Your account will be erased in 30 days');

    const refused = await tablet.refresh();
    expect(refused.json<Problem>().code).toBe('session_revoked');
    expectStatus(await tablet.login(), 200);
    const other = await stack.phone().signUp();
    expectStatus(await other.api.get(`/v1/me/jobs/${id}`, other.authorization), 404);

    expectStatus(await cancel(), 204);
    expectStatus(await cancel(), 204);
    expect(await job(`/v1/me/jobs/${id}`)).toMatchObject({ status: 'cancelled' });
    await mailTo('Your account stays');
    expect(await auditOfUser(stack, phone.session.user.id, 'account.%')).toEqual([
      'account.created',
      'account.deletion_requested',
      'account.deletion_cancelled',
    ]);
    const again = expectStatus(await del('/v1/me'), 202).json<OwnJob>();
    expect(again.id).not.toBe(id);
    expectStatus(await cancel(), 204);
  });

  it('the last administrator stays', async () => {
    const admin = await new TestTokens(stack).persona({ roles: ['user', 'admin'], aal: 'aal2' });
    const answer = await stack.api.request('DELETE', '/v1/me', { headers: admin.authorization });
    expect(expectStatus(answer, 409).json<Problem>().code).toBe('last_admin');
    await stack.sql('delete from loopin.users where id = $1', [admin.userId]);
  });

  it('everything of a person comes as one file, for 24 hours, whoever asks how often', async () => {
    await uploadPicture();
    const key = { ...phone.authorization, 'idempotency-key': randomUUID() };
    const asked = expectStatus(await phone.api.post('/v1/me/export', undefined, key), 202);
    const location = asked.headers.get('location');
    const again = expectStatus(await phone.api.post('/v1/me/export', undefined, key), 202);
    expect(again.text).toBe(asked.text);
    expect(location).toMatch(/^\/v1\/me\/jobs\/[\da-f-]{36}$/);
    for (const name of ['location', 'content-type', 'cache-control'])
      expect([name, again.headers.get(name)]).toEqual([name, asked.headers.get(name)]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const ready = await waitFor(
      'the export',
      async () => {
        const view = await job(location);
        return view.status === 'done' ? view : undefined;
      },
      BOUND_MS,
    );
    const mail = await mailTo('Your data is ready');
    const url = /https?:\S+/.exec(mail.text)?.[0] ?? '';
    const file = JSON.parse(await (await fetch(url)).text());
    expect(await (await fetch(ready.downloadUrl ?? '')).json()).toEqual(file);
    expect(file.profile[0]).toMatchObject({ email: phone.email });
    expect(file.devices[0]).toMatchObject({ deviceId: phone.deviceId, pushTarget: phone.subscriptionId });
    expect(file.files[0]).toMatchObject({ contentType: 'image/png' });
    expect(file.sessions).toHaveLength(1);
    const opened = file.auditAsActor.find(({ action }: { action: string }) => action === 'session.opened');
    expect(opened).toMatchObject({ ipPrefix: '127.0.0.0/24', deviceId: phone.deviceId });
    const other = await stack.phone().signUp();
    expectStatus(await other.api.get(location ?? '', other.authorization), 404);

    stack.moveClock(DAY_MS + 60_000);
    await waitFor('it to be taken away', async () => (await fetch(url)).status === 400, BOUND_MS);
    expect(await auditOfUser(stack, phone.session.user.id, 'export.%')).toEqual([
      'export.requested',
      'export.ready',
    ]);
  });

  it('after the grace nothing is left, though the worker is killed on the way', async () => {
    const picture = await uploadPicture();
    const { id: userId } = phone.session.user;
    const { id } = expectStatus(await del('/v1/me'), 202).json<OwnJob>();
    stack.moveClock(30 * DAY_MS + 60_000);
    await stack.killWorker();
    const state = async () =>
      (await stack.sql<{ state: string }>('select state from loopin.jobs where id = $1', [id]))[0]?.state;
    await waitFor('the erasure', async () => (await state()) === 'done', 90_000);
    expect(await stack.sql('select from loopin.users where id = $1', [userId])).toEqual([]);
    expect(await stack.sql('select from loopin.devices where user_id = $1', [userId])).toEqual([]);
    expect((await fetch(picture)).status).toBe(400);
    expect((await auditOfUser(stack, userId, 'account.%')).at(-1)).toBe('account.erased');
    const report = await stack.cli<{ entries: number; accounts: number }>('privacy', 'replay-erasures');
    expect(report).toMatchObject({ entries: 1, accounts: 0 });
  });
});
