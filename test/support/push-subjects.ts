import { createPublicKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { generate } from 'selfsigned';
import { FcmPushProvider } from '../../src/modules/push/providers/fcm.push-provider';
import { OneSignalPushProvider } from '../../src/modules/push/providers/onesignal.push-provider';
import type { PushBatch, PushProvider, SendObserver } from '../../src/modules/push/providers/push-provider';
import { Shutdown } from '../../src/platform/lifecycle/shutdown';
import { startFcmSandbox } from '../../tools/local/fcm/sandbox.mts';
import { startSandbox } from '../../tools/local/onesignal/sandbox.mts';
import { FcmSandbox } from './fcm-sandbox';
import { Sandbox } from './sandbox';

/** Short pauses, so that a provider's bad moment takes no minute; but a busy machine is no provider that fails. */
export const QUICK_TIMINGS = {
  timeoutMs: 10_000,
  connectTimeoutMs: 10_000,
  firstPauseMs: 20,
  longestPauseMs: 100,
  openMs: 300,
};

export const newBatch = (changes: Partial<PushBatch> = {}): PushBatch => ({
  targets: [randomUUID()],
  content: { title: 'Hello', body: 'from the contract' },
  priority: undefined,
  ttlSeconds: 3_600,
  collapseId: randomUUID(),
  idempotencyKey: randomUUID(),
  ...changes,
});

/** Remembers what it was told. */
export class Recorder implements SendObserver {
  readonly started: string[] = [];
  readonly results = new Map<string, string>();
  ambiguousRetries = 0;

  async starting(targets: readonly string[]): Promise<void> {
    this.started.push(...targets);
  }

  async settled(results: Parameters<SendObserver['settled']>[0]): Promise<void> {
    for (const { target, result } of results) this.results.set(target, result);
  }

  retriedAmbiguously(count: number): void {
    this.ambiguousRetries += count;
  }
}

/** A provider's adapter and its sandbox, in words that both share. */
export interface PushSubject {
  readonly provider: PushProvider;
  /** Bends the next calls. */
  fault(
    mode: string,
    options?: { times?: number; delayMs?: number; retryAfterSeconds?: number },
  ): Promise<void>;
  /** These targets are gone from now on. */
  gone(targets: readonly string[]): Promise<void>;
  /** What the phones show, one entry for each. */
  shown(): Promise<{ target: string; title: string }[]>;
  calls(): Promise<number>;
  requestIds(): Promise<(string | null | undefined)[]>;
  close(): Promise<void>;
}

export async function oneSignalSubject(): Promise<PushSubject> {
  const config = { appId: randomUUID(), apiKey: 'os_v2_app_test' };
  const server = await startSandbox({ ...config, webhookUrl: 'http://127.0.0.1:9/', webhookSecret: 'x' }, 0);
  const url = `http://127.0.0.1:${server.port}`;
  const sandbox = new Sandbox(url);
  await sandbox.settings({ events: false });
  const shutdown = new Shutdown();
  return {
    provider: new OneSignalPushProvider({ ...config, url, timings: QUICK_TIMINGS }, shutdown),
    fault: (mode, options) => sandbox.fault(mode, options),
    gone: (targets) => sandbox.subscriptions({ invalid: targets }),
    shown: async () =>
      (await sandbox.deliveries()).map(({ subscriptionId, title }) => ({ target: subscriptionId, title })),
    calls: async () => (await sandbox.calls()).length,
    requestIds: async () => (await sandbox.calls()).map(({ headers }) => headers['x-request-id']),
    close: async () => {
      await server.close();
      await shutdown.onApplicationShutdown();
    },
  };
}

/** FCM's sandbox in this process, with an adapter that trusts its certificate. */
export async function startFcm() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const tls = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    keyType: 'ec',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
  });
  const account = { projectId: 'loopin-test', clientEmail: 'push@loopin-test.iam.gserviceaccount.com' };
  const server = await startFcmSandbox(
    { ...account, publicKey: createPublicKey(privateKey), tls: { key: tls.private, cert: tls.cert } },
    0,
  );
  const url = `https://127.0.0.1:${server.port}`;
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const options = {
    account: { ...account, privateKey: pem, keyId: 'test', tokenUri: `${url}/token` },
    url,
    ca: tls.cert,
    timings: QUICK_TIMINGS,
  };
  return { server, options, sandbox: new FcmSandbox(`http://127.0.0.1:${server.port}`) };
}

export async function fcmSubject(): Promise<PushSubject> {
  const { server, options, sandbox } = await startFcm();
  const shutdown = new Shutdown();
  return {
    provider: new FcmPushProvider(options, shutdown),
    fault: (mode, faultOptions) => sandbox.fault(mode, faultOptions),
    gone: (targets) => sandbox.refuse({ UNREGISTERED: targets }),
    shown: async () => (await sandbox.visible()).map(({ token, title }) => ({ target: token, title })),
    calls: async () => (await sandbox.calls()).length,
    requestIds: async () => (await sandbox.calls()).map(({ requestId }) => requestId),
    close: async () => {
      await shutdown.onApplicationShutdown();
      await server.close();
    },
  };
}
