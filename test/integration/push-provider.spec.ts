import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { OneSignalPushProvider } from '../../src/modules/push/providers/onesignal.push-provider';
import type { PushBatch, PushProvider } from '../../src/modules/push/providers/push-provider';
import { Shutdown } from '../../src/platform/lifecycle/shutdown';
import { runInContext } from '../../src/shared/request-context';
import { type Sandbox as Server, startSandbox } from '../../tools/local/onesignal/sandbox.mts';
import { Sandbox } from '../support/sandbox';

jest.setTimeout(30_000);

interface Subject {
  readonly provider: PushProvider;
  readonly sandbox: Sandbox;
  close(): Promise<void>;
}

const batch = (changes: Partial<PushBatch> = {}): PushBatch => ({
  targets: [randomUUID()],
  content: { title: 'Hello', body: 'from the contract' },
  options: {},
  idempotencyKey: randomUUID(),
  ...changes,
});

/** What every push provider has to do: above all, to send once and never to guess. */
function pushProviderContract(name: string, start: () => Promise<Subject>): void {
  describe(name, () => {
    let subject: Subject;

    beforeAll(() => Logger.overrideLogger(false));
    beforeEach(async () => {
      subject = await start();
    });
    afterEach(() => subject.close());

    it('delivers to every target', async () => {
      const targets = [randomUUID(), randomUUID()];
      const outcome = await subject.provider.send(batch({ targets }));
      expect(outcome).toEqual({ outcome: 'accepted', messageId: expect.any(String), invalidTargets: [] });
      const deliveries = await subject.sandbox.deliveries();
      expect(deliveries.map(({ subscriptionId }) => subscriptionId).sort()).toEqual([...targets].sort());
      expect(deliveries[0]).toMatchObject({ title: 'Hello', body: 'from the contract' });
    });

    it('delivers once when it is asked twice with the same key', async () => {
      const asked = batch();
      const first = await subject.provider.send(asked);
      expect(await subject.provider.send(asked)).toEqual(first);
      expect(await subject.sandbox.deliveries()).toHaveLength(1);
    });

    it('carries the correlation id', async () => {
      const correlationId = randomUUID();
      await runInContext({ correlationId }, () => subject.provider.send(batch()));
      expect((await subject.sandbox.calls())[0]?.headers['x-request-id']).toBe(correlationId);
    });

    it('names the targets that are gone', async () => {
      const [good, gone] = [randomUUID(), randomUUID()];
      await subject.sandbox.subscriptions({ invalid: [gone] });
      const outcome = await subject.provider.send(batch({ targets: [good, gone] }));
      expect(outcome).toMatchObject({ outcome: 'accepted', invalidTargets: [gone] });
    });

    it('says so when nobody can be reached', async () => {
      const targets = [randomUUID()];
      await subject.sandbox.subscriptions({ invalid: targets });
      expect(await subject.provider.send(batch({ targets }))).toEqual({ outcome: 'nobody_reachable' });
    });

    it('says so when the message will never be taken', async () => {
      const outcome = await subject.provider.send(batch({ targets: ['not-a-subscription'] }));
      expect(outcome).toEqual({ outcome: 'refused', reason: 'status_400' });
    });

    it.each(['500', 'timeout_before', 'timeout_after', 'reset', 'invalid_json'])(
      'tries again after an answer that says nothing (%s), and delivers once',
      async (mode) => {
        await subject.sandbox.fault(mode, { times: 2, delayMs: 20 });
        expect(await subject.provider.send(batch())).toMatchObject({ outcome: 'accepted' });
        expect(await subject.sandbox.deliveries()).toHaveLength(1);
      },
    );

    it('gives up after three tries, and says when the provider wants to be asked again', async () => {
      await subject.sandbox.fault('429', { retryAfterSeconds: 7 });
      const failure = await subject.provider.send(batch()).catch((error: unknown) => error);
      expect(failure).toMatchObject({ name: 'ProviderUnavailable', retryAfterSeconds: 7 });
      expect((await subject.sandbox.calls()).length).toBeLessThanOrEqual(3);
    });

    it('leaves a provider that is down alone for a while', async () => {
      await subject.sandbox.fault('500');
      for (const _ of [1, 2, 3]) await subject.provider.send(batch()).catch(() => undefined);
      const before = (await subject.sandbox.calls()).length;
      await expect(subject.provider.send(batch())).rejects.toMatchObject({ name: 'ProviderUnavailable' });
      expect((await subject.sandbox.calls()).length).toBe(before);
    });
  });
}

pushProviderContract('OneSignal', async () => {
  const config = {
    appId: randomUUID(),
    apiKey: 'os_v2_app_test',
    webhookUrl: 'http://127.0.0.1:9/',
    webhookSecret: 'x',
  };
  const server: Server = await startSandbox(config, 0);
  const url = `http://127.0.0.1:${server.port}`;
  const sandbox = new Sandbox(url);
  await sandbox.settings({ events: false });
  const shutdown = new Shutdown();
  const provider = new OneSignalPushProvider({ appId: config.appId, apiKey: config.apiKey, url }, shutdown);
  return {
    provider,
    sandbox,
    close: async () => {
      await server.close();
      await shutdown.onApplicationShutdown();
    },
  };
});
