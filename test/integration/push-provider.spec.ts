import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { runInContext } from '../../src/shared/request-context';
import { fcmSubject, newBatch, oneSignalSubject, type PushSubject, Recorder } from '../support/push-subjects';
import { waitFor } from '../support/wait-for';

jest.setTimeout(30_000);

/** What every push provider has to do: above all, to show once and never to guess. */
describe.each([
  ['OneSignal', oneSignalSubject],
  ['FCM', fcmSubject],
])('%s', (_, start) => {
  let subject: PushSubject;
  let recorder: Recorder;

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(async () => {
    subject = await start();
    recorder = new Recorder();
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await subject.close();
  });

  const send = (changes: Parameters<typeof newBatch>[0] = {}) =>
    subject.provider.send(newBatch(changes), recorder);
  const failure = (changes = {}) => send(changes).catch((error: unknown) => error);

  it('delivers to every target', async () => {
    const targets = [randomUUID(), randomUUID()];
    expect(await send({ targets })).toMatchObject({ outcome: 'accepted', invalidTargets: [] });
    const shown = await subject.shown();
    expect(shown.map(({ target }) => target).sort()).toEqual([...targets].sort());
    expect(shown[0]).toMatchObject({ title: 'Hello' });
  });

  it('shows once when it is asked twice for the same', async () => {
    const asked = newBatch();
    const first = await subject.provider.send(asked, recorder);
    expect(await subject.provider.send(asked, recorder)).toEqual(first);
    expect(await subject.shown()).toHaveLength(1);
  });

  it('carries the correlation id', async () => {
    const correlationId = randomUUID();
    await runInContext({ correlationId }, () => send());
    expect((await subject.requestIds())[0]).toBe(correlationId);
  });

  it('names the targets that are gone', async () => {
    const [good, gone] = [randomUUID(), randomUUID()];
    await subject.gone([gone]);
    expect(await send({ targets: [good, gone] })).toMatchObject({
      outcome: 'accepted',
      invalidTargets: [gone],
    });
  });

  it('says so when nobody can be reached', async () => {
    const targets = [randomUUID()];
    await subject.gone(targets);
    expect(await send({ targets })).toEqual({ outcome: 'nobody_reachable', invalidTargets: targets });
  });

  it('says so when the message will never be taken', async () => {
    const data = { big: 'x'.repeat(4_096) };
    const outcome = await send({ content: { title: 'x', data } });
    expect(outcome).toEqual({ outcome: 'refused', reason: expect.any(String) });
    expect(await subject.shown()).toEqual([]);
  });

  it.each(['500', 'timeout_before', 'timeout_after', 'reset', 'invalid_json'])(
    'tries again after an answer that says nothing (%s), counts that, and shows once',
    async (mode) => {
      await subject.fault(mode, { times: 2, delayMs: 20 });
      expect(await send()).toMatchObject({ outcome: 'accepted' });
      expect(await subject.shown()).toHaveLength(1);
      expect(recorder.ambiguousRetries).toBe(2);
    },
  );

  it.each(['500', 'timeout_before', 'timeout_after', 'reset', 'invalid_json'])(
    'says that it is not known whether anything was sent when %s lasts',
    async (mode) => {
      await subject.fault(mode, { delayMs: 20 });
      expect(await failure()).toMatchObject({ name: 'ProviderUnavailable', ambiguous: true });
    },
  );

  it('comes back when it is asked to, and not before', async () => {
    await subject.fault('429', { times: 1, retryAfterSeconds: 3 });
    expect(await failure()).toMatchObject({ ambiguous: false, circuitOpen: false, retryAfterSeconds: 3 });
    expect(await failure()).toMatchObject({ ambiguous: false });
    expect(await subject.calls()).toBe(1);
    await waitFor('the three seconds to be over', () => send(), 20_000);
    expect(recorder.ambiguousRetries).toBe(0);
  });

  it('leaves a provider that is down alone for a while, then finds out that it is back', async () => {
    // the circuit's clock stands still while it is looked at
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now());
    await subject.fault('500');
    for (const _try of [1, 2]) await failure();
    expect(subject.provider.isOpen).toBe(true);
    const before = await subject.calls();
    expect(await failure()).toMatchObject({ circuitOpen: true, ambiguous: false });
    expect(await subject.calls()).toBe(before);
    clock.mockRestore();
    await subject.fault('ok');
    await waitFor('the circuit to close', () => send(), 10_000);
    expect(subject.provider.isOpen).toBe(false);
  });

  it('knows that nothing was sent when nobody listens', async () => {
    await subject.close();
    expect(await failure()).toMatchObject({ name: 'ProviderUnavailable' });
  });
});
