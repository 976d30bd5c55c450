import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import { HibpLeakedPasswords } from '../../src/modules/auth/passwords/hibp.leaked-passwords';
import { Shutdown } from '../../src/platform/lifecycle/shutdown';
import { MemoryCache } from '../support/memory-cache';

jest.setTimeout(30_000);

const PASSWORD = 'mJ4#vq9Lw!zT';
const HASH = createHash('sha1').update(PASSWORD).digest('hex').toUpperCase();

describe('leaked passwords by the range API', () => {
  let server: Server;
  let shutdown: Shutdown;
  let leaked: HibpLeakedPasswords;
  let requests: IncomingMessage[];
  let answer: (response: ServerResponse) => void;

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(async () => {
    requests = [];
    answer = (response) => response.end(`${HASH.slice(5)}:7\r\n${'0'.repeat(35)}:0`);
    server = createServer((request, response) => {
      requests.push(request);
      answer(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    shutdown = new Shutdown();
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/some/base/`;
    leaked = new HibpLeakedPasswords(new MemoryCache(), { url }, shutdown);
  });
  afterEach(async () => {
    await shutdown.onApplicationShutdown();
    server.closeAllConnections();
    server.close();
  });

  it('are found, and the API learns five digits of a hash only', async () => {
    expect(await leaked.includes(PASSWORD)).toBe(true);
    expect(requests.map(({ url, headers }) => [url, headers['add-padding']])).toEqual([
      [`/some/base/range/${HASH.slice(0, 5)}`, 'true'],
    ]);
  });

  it('are asked for once a prefix', async () => {
    await leaked.includes(PASSWORD);
    expect(await leaked.includes(PASSWORD)).toBe(true);
    expect(requests).toHaveLength(1);
  });

  it('are not what only pads an answer', async () => {
    answer = (response) => response.end(`${HASH.slice(5)}:0\r\n${'1'.repeat(35)}:3\r\n`);
    expect(await leaked.includes(PASSWORD)).toBe(false);
  });

  it.each([
    ['an error', (response: ServerResponse) => response.writeHead(503).end()],
    ['a broken connection', (response: ServerResponse) => response.destroy()],
    ['something else', (response: ServerResponse) => response.end('<html>busy</html>')],
  ])('count as none after %s', async (_, given) => {
    answer = given;
    expect(await leaked.includes(PASSWORD)).toBe(false);
  });

  it('that never come are given up, and after five failures not asked for any more', async () => {
    answer = () => undefined;
    const passwords = ['a', 'b', 'c', 'd', 'e'];
    const results = await Promise.all(passwords.map((password) => leaked.includes(password)));
    expect(results).toEqual(passwords.map(() => false));
    const asked = requests.length;
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThanOrEqual(5);
    expect(await leaked.includes('f')).toBe(false);
    expect(requests).toHaveLength(asked);
  });
});
