import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import type { ArchiveStorage } from '../../src/platform/archive/archive-storage';
import { S3ArchiveStorage } from '../../src/platform/archive/s3.archive-storage';
import { MemoryArchive } from '../support/memory-archive';
import { Services } from '../support/services';

jest.setTimeout(60_000);

const MIB = 1024 * 1024;

async function bytesOf(content: Readable | undefined): Promise<Buffer | undefined> {
  if (content === undefined) return undefined;
  const parts: Buffer[] = [];
  for await (const part of content) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

describe.each(['S3', 'memory'])('the archive in %s', (kind) => {
  let services: Services | undefined;
  let archive: ArchiveStorage;

  beforeAll(async () => {
    if (kind === 'memory') {
      archive = new MemoryArchive();
      return;
    }
    services = await Services.start({ migrated: false });
    process.env.AWS_ACCESS_KEY_ID ??= services.env('AWS_ACCESS_KEY_ID');
    process.env.AWS_SECRET_ACCESS_KEY ??= services.env('AWS_SECRET_ACCESS_KEY');
    const s3 = new S3ArchiveStorage({
      bucket: services.env('ARCHIVE_BUCKET'),
      region: services.env('AWS_REGION'),
      endpoint: services.env('ARCHIVE_ENDPOINT'),
    });
    services.shutdown.onClose(() => s3.close());
    archive = s3;
  });
  afterAll(() => services?.stop());

  it('gives back what it was given, and the newest under one key', async () => {
    expect(await archive.put('a/b.json', Buffer.from('one'))).toBe(3);
    expect(await archive.put('a/b.json', Buffer.from('two!'))).toBe(4);
    expect((await bytesOf(await archive.get('a/b.json')))?.toString()).toBe('two!');
  });

  it('lists what begins so', async () => {
    for (const key of ['list/b/2', 'list/a/1', 'other/c']) await archive.put(key, Buffer.from('x'));
    const keys: string[] = [];
    for await (const key of archive.keys('list/')) keys.push(key);
    expect(keys).toEqual(['list/a/1', 'list/b/2']);
  });

  it('has nothing where nothing was put', async () => {
    expect(await archive.get('a/nothing')).toBeUndefined();
  });

  it.each([
    ['empty', 0],
    ['of one part', 1_000],
    ['of three parts', 17 * MIB + 5],
  ])('takes a stream that is %s', async (_, size) => {
    const content = randomBytes(size);
    function* pieces() {
      for (let at = 0; at < content.length; at += 60_000) yield content.subarray(at, at + 60_000);
    }
    expect(await archive.put('stream', Readable.from(pieces()))).toBe(size);
    const back = await bytesOf(await archive.get('stream'));
    expect(back?.equals(content)).toBe(true);
  });

  it('keeps nothing of a stream that breaks', async () => {
    function* broken() {
      for (let part = 0; part < 3; part++) yield Buffer.alloc(9 * MIB);
      throw new Error('broken');
    }
    await expect(archive.put('broken', Readable.from(broken()))).rejects.toThrow('broken');
    expect(await archive.get('broken')).toBeUndefined();
  });
});

describe('an archive that says nothing', () => {
  const silent = (_: unknown, response: Parameters<RequestListener>[1]): void =>
    void response.writeHead(200, { 'content-length': '100' }).write('{');

  it.each<[string, RequestListener, (archive: ArchiveStorage) => Promise<unknown>]>([
    ['to what is put', () => undefined, (archive) => archive.put('a', Buffer.from('one'))],
    ['to what is asked', () => undefined, (archive) => archive.get('a')],
    ['any more, in the middle of an object', silent, async (archive) => bytesOf(await archive.get('a'))],
  ])('%s keeps nobody waiting', async (_, listener, call) => {
    process.env.AWS_ACCESS_KEY_ID ??= 'test';
    process.env.AWS_SECRET_ACCESS_KEY ??= 'test';
    const server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const options = { bucket: 'b', region: 'eu-central-1', endpoint: `http://127.0.0.1:${port}` };
    const archive = new S3ArchiveStorage({ ...options, silenceMs: 100 });
    await expect(call(archive)).rejects.toThrow();
    await archive.close();
    server.closeAllConnections();
    server.close();
  });
});
