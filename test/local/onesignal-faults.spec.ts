import { randomUUID } from 'node:crypto';
import { waitFor } from '../../tools/local/wait.mts';
import { SandboxClient } from './sandbox-client';

jest.setTimeout(60_000);

describe('the faults of the OneSignal sandbox', () => {
  let sandbox: SandboxClient;

  beforeAll(async () => {
    sandbox = await SandboxClient.start();
  });
  beforeEach(() => sandbox.clear());
  afterAll(() => sandbox.close());

  const soon = () => ({ signal: AbortSignal.timeout(200), headers: authorised() });
  const authorised = () => ({ authorization: `Key ${sandbox.config.apiKey}` });
  const deliveries = async () => (await sandbox.look('deliveries')).length;

  it('429 says when to come again, as often as asked for', async () => {
    await sandbox.put('faults', { mode: '429', times: 2, retryAfterSeconds: 3 });
    const first = await sandbox.create();

    expect(first.status).toBe(429);
    expect(first.headers.get('retry-after')).toBe('3');
    expect(await first.json()).toEqual({ errors: ['API rate limit exceeded.'] });
    expect((await sandbox.create()).status).toBe(429);
    expect((await sandbox.create()).status).toBe(200);
    expect(await deliveries()).toBe(1);
  });

  it('500 has no effect', async () => {
    await sandbox.put('faults', { mode: '500' });

    expect((await sandbox.create()).status).toBe(500);
    expect(await deliveries()).toBe(0);
  });

  it('timeout_before has no effect and no answer', async () => {
    await sandbox.put('faults', { mode: 'timeout_before', times: 1 });

    await expect(sandbox.create({}, soon())).rejects.toThrow('timeout');
    expect(await deliveries()).toBe(0);
    expect(await sandbox.look('calls')).toMatchObject([{ status: null, fault: 'timeout_before' }]);
  });

  it('timeout_after delivers, gives no answer, and a repeated key gets the result', async () => {
    const key = randomUUID();
    await sandbox.put('faults', { mode: 'timeout_after', times: 1 });

    await expect(sandbox.create({ idempotency_key: key }, soon())).rejects.toThrow('timeout');
    expect(await deliveries()).toBe(1);
    expect(await (await sandbox.create({ idempotency_key: key })).json()).toMatchObject({ external_id: key });
    expect(await deliveries()).toBe(1);
  });

  it('a time-out with a delay closes the connection after it', async () => {
    await sandbox.put('faults', { mode: 'timeout_before', times: 1, delayMs: 20 });

    await expect(sandbox.create()).rejects.toThrow('fetch failed');
  });

  it('reset delivers and breaks the connection in the middle of the answer', async () => {
    await sandbox.put('faults', { mode: 'reset', times: 1 });
    const response = await sandbox.create();

    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow('terminated');
    expect(await deliveries()).toBe(1);
  });

  it('invalid_json delivers and answers half a document', async () => {
    await sandbox.put('faults', { mode: 'invalid_json', times: 1 });
    const response = await sandbox.create();

    expect(response.headers.get('content-type')).toContain('application/json');
    await expect(response.json()).rejects.toThrow('JSON');
    expect(await deliveries()).toBe(1);
  });

  it('empty_id delivers to nobody', async () => {
    await sandbox.put('faults', { mode: 'empty_id', times: 1 });

    expect(await (await sandbox.create()).json()).toMatchObject({ id: '', errors: [expect.any(String)] });
    expect(await deliveries()).toBe(0);
  });

  it('partial_invalid takes the first subscription for invalid', async () => {
    const ids = [randomUUID(), randomUUID()];
    await sandbox.put('faults', { mode: 'partial_invalid' });

    const answer = await (await sandbox.create({ include_subscription_ids: ids })).json();
    expect(answer).toMatchObject({
      id: expect.stringMatching(/./),
      errors: { invalid_player_ids: [ids[0]] },
    });
    const alone = await (await sandbox.create({ include_subscription_ids: [ids[0]] })).json();
    expect(alone).toMatchObject({ id: '', errors: { invalid_player_ids: [ids[0]] } });
    expect(await deliveries()).toBe(1);
  });

  it('ok with a delay answers later than the next call', async () => {
    await sandbox.put('faults', { mode: 'ok', times: 1, delayMs: 60_000 });
    const gone = new AbortController();
    const slow = sandbox.create({}, { signal: gone.signal, headers: authorised() }).catch(() => 'given up');
    await waitFor('the delivery', async () => (await deliveries()) === 1, { timeoutMs: 30_000 });

    expect((await sandbox.create()).status).toBe(200);
    gone.abort();
    expect(await slow).toBe('given up');
  });

  it.each([[{ mode: 'on fire' }], [{ mode: '500', times: -1 }], [{ mode: '500', delayMs: 'long' }]])(
    'refuses to be set to %j',
    async (fault) => {
      expect(await sandbox.put('faults', fault)).toBe(400);
    },
  );

  it('sees a client that gave up as a call without an answer', async () => {
    await sandbox.put('faults', { mode: 'timeout_after' });
    await sandbox.create({}, soon()).catch(() => undefined);

    const calls = await waitFor('the call', () => sandbox.look('calls'), { timeoutMs: 1_000 });
    expect(calls).toMatchObject([{ status: null, recipients: 1 }]);
  });
});
