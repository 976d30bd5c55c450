import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createClient } from '@supabase/supabase-js';
import { type StorageSandbox, startStorage } from '../../tools/local/storage/sandbox.mts';

jest.setTimeout(60_000);

describe('the storage sandbox, asked by @supabase/storage-js', () => {
  const key = 'sb_secret_test';
  const folder = mkdtempSync(path.join(os.tmpdir(), 'loopin-storage-'));
  const config = { folder, serviceKey: key, bucket: 'media' };
  let sandbox: StorageSandbox;

  beforeAll(async () => {
    sandbox = await startStorage(config, 0);
  });
  afterAll(async () => {
    await sandbox.close();
    rmSync(folder, { recursive: true });
  });

  const client = (as = key) => createClient(`http://127.0.0.1:${sandbox.port}`, as).storage;
  const media = () => client().from('media');
  const statusCodeOf = (error: unknown) => (error as { statusCode?: string } | null)?.statusCode;

  it('makes, shows and lists buckets', async () => {
    expect(await client().createBucket('avatars', { public: true })).toEqual({
      data: { name: 'avatars' },
      error: null,
    });
    expect((await client().getBucket('avatars')).data).toMatchObject({ id: 'avatars', public: true });
    expect((await client().listBuckets()).data?.map(({ id }) => id).sort()).toEqual(['avatars', 'media']);
    expect(statusCodeOf((await client().createBucket('media')).error)).toBe('409');
    expect(statusCodeOf((await client().getBucket('nothing')).error)).toBe('404');
  });

  it('lets nobody in without the service key', async () => {
    const { error } = await client('sb_secret_other').listBuckets();
    expect(statusCodeOf(error)).toBe('403');
    expect(statusCodeOf((await client('other').from('media').upload('a', 'x')).error)).toBe('403');
  });

  it('uploads and downloads bytes and blobs', async () => {
    const bytes = Buffer.from([0, 255, 1, 2]);
    const { data } = await media().upload('a b/ü.png', bytes, { contentType: 'image/png' });
    expect(data).toEqual({ id: expect.any(String), path: 'a b/ü.png', fullPath: 'media/a b/ü.png' });
    const back = await media().download('a b/ü.png');
    expect(back.data?.type).toBe('image/png');
    expect(Buffer.from(await (back.data ?? new Blob([])).arrayBuffer())).toEqual(bytes);

    await media().upload('blob.txt', new Blob(['hello'], { type: 'text/plain' }));
    expect(await (await media().download('blob.txt')).data?.text()).toBe('hello');
  });

  it('replaces an object only when told to', async () => {
    await media().upload('once.txt', 'one');
    expect(statusCodeOf((await media().upload('once.txt', 'two')).error)).toBe('409');
    expect((await media().upload('once.txt', 'three', { upsert: true })).error).toBeNull();
    expect((await media().update('once.txt', 'four')).error).toBeNull();
    expect(await (await media().download('once.txt')).data?.text()).toBe('four');
  });

  it('describes an object', async () => {
    await media().upload('told.png', Buffer.from('12345'), { contentType: 'image/png' });
    expect((await media().info('told.png')).data).toMatchObject({ size: 5, contentType: 'image/png' });
    expect(statusCodeOf((await media().info('untold.png')).error)).toBe('404');
  });

  it('signs upload URLs', async () => {
    const signed = await media().createSignedUploadUrl('exports/one.json');
    const { token = '', path: name = '' } = signed.data ?? {};
    const anonymous = client('none').from('media');

    expect((await anonymous.uploadToSignedUrl(name, token, '{}')).data).toMatchObject({ path: name });
    expect((await anonymous.uploadToSignedUrl('exports/other.json', token, '{}')).error).not.toBeNull();
    expect((await anonymous.uploadToSignedUrl(name, token, '{}')).error).not.toBeNull();
    expect(statusCodeOf((await media().createSignedUploadUrl(name)).error)).toBe('409');
  });

  it('signs download URLs that end', async () => {
    await media().upload('report ü.csv', 'a,b');
    const { data } = await media().createSignedUrl('report ü.csv', 60, { download: 'report.csv' });
    const response = await fetch(data?.signedUrl ?? '');
    expect(await response.text()).toBe('a,b');
    expect(response.headers.get('content-disposition')).toContain('report.csv');

    const over = await media().createSignedUrl('report ü.csv', 0);
    expect((await fetch(over.data?.signedUrl ?? '')).status).toBe(400);
    const forged = (data?.signedUrl ?? '').replace(/token=./, 'token=x');
    expect((await fetch(forged)).status).toBe(400);
    expect(statusCodeOf((await media().createSignedUrl('none', 60)).error)).toBe('404');
  });

  it('lists one level of a folder', async () => {
    await media().upload('list/a.txt', '1');
    await media().upload('list/deep/b.txt', '22');

    const { data } = await media().list('list');
    expect(data).toMatchObject([
      { name: 'a.txt', metadata: { size: 1, mimetype: 'text/plain;charset=UTF-8' } },
      { name: 'deep', id: null },
    ]);
    expect((await media().list('list', { limit: 1, offset: 1 })).data).toHaveLength(1);
  });

  it('removes objects and says which', async () => {
    await media().upload('gone.txt', 'x');

    expect((await media().remove(['gone.txt', 'never.txt'])).data).toMatchObject([{ name: 'gone.txt' }]);
    expect((await media().download('gone.txt')).error).not.toBeNull();
  });

  it('keeps names inside its folder', async () => {
    const { error } = await media().upload('x/..%2f..%2fescape', 'x');
    expect(error).toBeNull();
    expect((await media().list('x')).data).toHaveLength(1);
  });

  it('still has everything after a restart', async () => {
    await media().upload('kept.txt', 'kept');
    await sandbox.close();
    sandbox = await startStorage(config, 0);

    expect(await (await media().download('kept.txt')).data?.text()).toBe('kept');
  });
});
