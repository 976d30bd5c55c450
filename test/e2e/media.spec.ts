import { randomUUID } from 'node:crypto';
import { expectStatus, type Problem } from '../support/api';
import { codeOf } from '../support/passwords';
import type { Phone } from '../support/phone';
import { TestStack } from '../support/test-stack';
import { waitFor } from '../support/wait-for';

jest.setTimeout(90_000);

const MIB = 1024 * 1024;
const HOUR_MS = 3_600_000;
const SWEEP_BOUND_MS = 40_000;
const PICTURE = Buffer.from('not really a picture');

interface Upload {
  readonly id: string;
  readonly uploadUrl: string;
  readonly headers: Record<string, string>;
}
interface View {
  readonly status: string;
  readonly downloadUrl: string | null;
}

describe('files of users', () => {
  let stack: TestStack;
  let phone: Phone;

  beforeAll(async () => {
    stack = await TestStack.start();
  });
  beforeEach(async () => {
    phone = await stack.phone().signUp();
  });
  afterEach(() => stack.moveClock(0));
  afterAll(() => stack.stop());

  const announce = (body: unknown, headers = {}) =>
    phone.api.post('/v1/media/uploads', body, { ...phone.authorization, ...headers });
  const picture = (bytes = PICTURE.length) => ({ contentType: 'image/png', bytes, purpose: 'avatar' });
  const complete = ({ id }: Upload) =>
    phone.api.post(`/v1/media/${id}/complete`, undefined, phone.authorization);
  const read = ({ id }: Upload) => phone.api.get(`/v1/media/${id}`, phone.authorization);
  const send = (
    { uploadUrl, headers }: Upload,
    bytes: Buffer<ArrayBuffer> = PICTURE,
    type = headers['content-type'],
  ) => fetch(uploadUrl, { method: 'PUT', body: bytes, headers: { 'content-type': type ?? '' } });
  const begin = async (body: unknown = picture()) => expectStatus(await announce(body), 201).json<Upload>();

  async function uploaded(): Promise<Upload> {
    const upload = await begin();
    expect((await send(upload)).status).toBe(200);
    expectStatus(await complete(upload), 200);
    return upload;
  }

  it('go straight to the storage, and come back by a signed URL', async () => {
    const upload = await begin();
    expect(upload.headers).toEqual({ 'content-type': 'image/png' });
    expect(codeOf(await complete(upload))).toBe('upload_missing');
    expect((await read(upload)).json()).toMatchObject({ status: 'pending', downloadUrl: null });
    expect((await send(upload)).status).toBe(200);
    // what is there is never replaced by that URL
    expect((await send(upload, Buffer.from('something else, as'))).status).toBe(400);
    const view = expectStatus(await complete(upload), 200).json<View>();
    expect(view).toMatchObject({ status: 'ready', contentType: 'image/png', bytes: PICTURE.length });
    expectStatus(await complete(upload), 200);
    const back = await fetch(view.downloadUrl ?? '');
    expect(Buffer.from(await back.arrayBuffer())).toEqual(PICTURE);
  });

  it('are nobody else’s', async () => {
    const upload = await uploaded();
    const owner = phone;
    phone = await stack.phone().signUp();
    expectStatus(await read(upload), 404);
    expectStatus(await complete(upload), 404);
    expectStatus(
      await phone.api.request('DELETE', `/v1/media/${upload.id}`, { headers: phone.authorization }),
      404,
    );
    phone = owner;
    expectStatus(await read(upload), 200);
  });

  it('are of a kind and a size that their purpose allows', async () => {
    const paths = async (body: unknown) =>
      expectStatus(await announce(body), 422)
        .json<Problem>()
        .errors?.map(({ path }) => path);
    expect(await paths({ ...picture(), contentType: 'text/html' })).toEqual(['contentType']);
    expect(await paths(picture(5 * MIB + 1))).toEqual(['bytes']);
    expect(await paths({ ...picture(), purpose: 'malware' })).toEqual(['purpose']);
    expect(await paths(picture(0))).toEqual(['bytes']);
  });

  it('are thrown away when they are not what was announced', async () => {
    const [longer, other] = [await begin(), await begin()];
    await send(longer, Buffer.concat([PICTURE, PICTURE]));
    expect(codeOf(expectStatus(await complete(longer), 422))).toBe('upload_mismatch');
    await send(other, PICTURE, 'text/html');
    expect(codeOf(await complete(other))).toBe('upload_mismatch');
    expectStatus(await read(longer), 404);
  });

  it('count against a quota from their announcement on, whoever is faster', async () => {
    const large = { contentType: 'video/mp4', bytes: 50 * MIB, purpose: 'attachment' };
    const answers = await Promise.all(Array.from({ length: 8 }, () => announce(large)));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([201, 201, 201, 201, 201, 413, 413, 413]);
    const refused = answers.find(({ status }) => status === 413);
    expect(refused?.json()).toMatchObject({
      code: 'quota_exceeded',
      quotaBytes: 250 * MIB,
      usedBytes: 250 * MIB,
    });
    const first = answers.find(({ status }) => status === 201)?.json<Upload>();
    expectStatus(
      await phone.api.request('DELETE', `/v1/media/${first?.id}`, { headers: phone.authorization }),
      204,
    );
    expectStatus(await announce(large), 201);
  });

  it('are announced once under one Idempotency-Key', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const [first, again] = [await announce(picture(), key), await announce(picture(), key)];
    expect(again.text).toBe(expectStatus(first, 201).text);
  });

  it('leave the storage when they are deleted, were never completed, or their owner is gone', async () => {
    const [deleted, orphaned, abandoned] = [await uploaded(), await uploaded(), await begin()];
    await send(abandoned);
    const url = (await read(orphaned)).json<View>().downloadUrl ?? '';
    const gone = (await read(deleted)).json<View>().downloadUrl ?? '';
    const path = `/v1/media/${deleted.id}`;
    expectStatus(await phone.api.request('DELETE', path, { headers: phone.authorization }), 204);
    expectStatus(await phone.api.request('DELETE', path, { headers: phone.authorization }), 404);
    stack.moveClock(60_000);
    await waitFor('it to go', async () => (await fetch(gone)).status === 400, SWEEP_BOUND_MS);
    expect((await fetch(url)).status).toBe(200);
    await stack.sql('delete from loopin.users where id = $1', [phone.session.user.id]);
    // past the end of every upload URL: rows go too
    stack.moveClock(4 * HOUR_MS);
    await waitFor(
      'all of it to go',
      async () =>
        (await stack.sql('select from loopin.media where user_id = $1', [phone.session.user.id])).length ===
        0,
      SWEEP_BOUND_MS,
    );
    expect((await fetch(url)).status).toBe(400);
  });
});
