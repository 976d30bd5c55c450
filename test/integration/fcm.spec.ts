import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { FcmPushProvider } from '../../src/modules/push/providers/fcm.push-provider';
import { Shutdown } from '../../src/platform/lifecycle/shutdown';
import { range } from '../support/concurrently';
import type { FcmSandbox } from '../support/fcm-sandbox';
import { newBatch, Recorder, startFcm } from '../support/push-subjects';

jest.setTimeout(60_000);

const MANY = 1_200;
const MOST_CONNECTIONS = 5;
/** One for the token endpoint. */
const TOKEN_CONNECTIONS = 1;

describe('FCM HTTP v1', () => {
  let fcm: Awaited<ReturnType<typeof startFcm>>;
  let sandbox: FcmSandbox;
  let provider: FcmPushProvider;
  let shutdown: Shutdown;
  let recorder: Recorder;

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(async () => {
    fcm = await startFcm();
    sandbox = fcm.sandbox;
    shutdown = new Shutdown();
    provider = new FcmPushProvider(fcm.options, shutdown);
    recorder = new Recorder();
  });
  afterEach(async () => {
    await shutdown.onApplicationShutdown();
    await fcm.server.close();
  });

  const send = (changes: Parameters<typeof newBatch>[0] = {}) => provider.send(newBatch(changes), recorder);
  const tokens = (count: number) => range(count).map((index) => `token-${index}`);

  it('sends to many over few HTTP/2 connections, with one access token', async () => {
    const targets = tokens(MANY);
    expect(await send({ targets })).toMatchObject({ outcome: 'accepted' });
    const summary = await sandbox.summary();
    expect(summary).toMatchObject({ attempts: MANY, visible: MANY, accessTokens: 1 });
    expect(summary.secureConnections).toBeLessThanOrEqual(MOST_CONNECTIONS + TOKEN_CONNECTIONS);
    const calls = await sandbox.calls();
    expect(new Set(calls.map(({ httpVersion }) => httpVersion))).toEqual(new Set(['2.0']));
    expect(recorder.started.sort()).toEqual([...targets].sort());
    expect([...recorder.results.values()].every((result) => result === 'accepted')).toBe(true);
    expect(recorder.results.size).toBe(MANY);
  });

  it('gets another access token when one is refused before its time', async () => {
    await send();
    await sandbox.expireAccessTokens();
    expect(await send({ targets: tokens(20) })).toMatchObject({ outcome: 'accepted' });
    expect((await sandbox.summary()).accessTokens).toBe(2);
    expect(provider.isOpen).toBe(false);
  });

  it('renews its access token before the end, once however many ask', async () => {
    // within the last five minutes from the start
    await sandbox.settings({ tokenSeconds: 120 });
    await send();
    await send({ targets: tokens(100) });
    await send({ targets: tokens(100) });
    const { accessTokens } = await sandbox.summary();
    expect(accessTokens).toBeGreaterThanOrEqual(2);
    expect(accessTokens).toBeLessThanOrEqual(6);
  });

  it('is locked out when the service account is refused, and has sent nothing', async () => {
    const account = { ...fcm.options.account, clientEmail: 'somebody@else.example' };
    const stranger = new FcmPushProvider({ ...fcm.options, account }, shutdown);
    await expect(stranger.send(newBatch(), recorder)).rejects.toMatchObject({
      ambiguous: false,
      circuitOpen: true,
    });
    expect((await sandbox.summary()).calls).toBe(0);
  });

  it('sends nothing without an access token, and nothing is in doubt', async () => {
    await sandbox.tokenFault('500');
    const [target = ''] = tokens(1);
    await expect(send({ targets: [target] })).rejects.toMatchObject({ ambiguous: false });
    expect(recorder.results.get(target)).toBe('untouched');
  });

  it('tells apart who is gone, who is refused and who was not reached', async () => {
    const [gone = '', stranger = '', apple = '', quota = '', fine = ''] = tokens(5);
    await sandbox.refuse({
      UNREGISTERED: [gone],
      SENDER_ID_MISMATCH: [stranger],
      THIRD_PARTY_AUTH_ERROR: [apple],
      QUOTA_EXCEEDED: [quota],
    });
    await expect(send({ targets: [gone, stranger, apple, quota, fine] })).rejects.toMatchObject({
      ambiguous: false,
      circuitOpen: true,
      retryAfterSeconds: 60,
    });
    expect(Object.fromEntries(recorder.results)).toEqual({
      [gone]: 'invalid',
      [stranger]: 'failed',
      [apple]: 'untouched',
      [quota]: 'untouched',
      [fine]: 'accepted',
    });
  });

  it('says in its words what the content says', async () => {
    const content = {
      title: 'Table',
      body: 'is ready',
      data: { count: 3, nested: { a: 1 }, text: 'as it is' },
      deepLink: 'loopin://table/3',
      imageUrl: 'https://images.example/1.png',
      badge: 2,
      sound: 'bell',
      androidChannelId: randomUUID(),
      interruptionLevel: 'time_sensitive' as const,
    };
    const collapseId = randomUUID();
    await send({ content, collapseId, priority: 'high', ttlSeconds: 60 });
    expect(await sandbox.attempts()).toMatchObject([
      {
        title: 'Table',
        body: 'is ready',
        collapseId,
        shows: true,
        data: { count: '3', nested: '{"a":1}', text: 'as it is', deepLink: 'loopin://table/3' },
      },
    ]);
  });

  it('shows nothing when it is silent', async () => {
    await send({ content: { silent: true, data: { sync: true } } });
    expect(await sandbox.attempts()).toMatchObject([{ shows: false, data: { sync: 'true' } }]);
    expect(await sandbox.visible()).toEqual([]);
  });
});
