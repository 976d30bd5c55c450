import { createHash, randomUUID } from 'node:crypto';
import { type Answer, expectStatus, type Problem } from '../support/api';
import { range } from '../support/concurrently';
import { DpopKey } from '../support/dpop-key';
import { Operator } from '../support/operator';
import type { Phone } from '../support/phone';
import { rawHttp } from '../support/raw-http';
import { RequestSigner, type SignedRequest } from '../support/request-signer';
import { TestStack } from '../support/test-stack';
import { waitFor } from '../support/wait-for';

jest.setTimeout(120_000);

const MINUTE_MS = 60_000;

describe('signed requests', () => {
  let stack: TestStack;
  let phone: Phone;
  let signer: RequestSigner;

  beforeAll(async () => {
    stack = await TestStack.start();
    phone = await stack.phone().install();
    signer = new RequestSigner(stack.local.url, phone.deviceId);
    expectStatus(await register(phone, signer), 204);
  });
  afterEach(() => stack.moveClock(0));
  afterAll(() => stack.stop());

  const refusal = (answer: Answer) => [answer.status, answer.json<Problem>().code];
  const keyPath = (of: Phone) => `/v1/devices/${of.deviceId}/signing-key`;
  const register = async (of: Phone, by: RequestSigner) =>
    of.api.request('PUT', keyPath(of), {
      headers: of.authorization,
      body: { publicKey: await by.publicJwk() },
    });
  const me = (changes: Partial<SignedRequest> = {}) =>
    signer.send({ method: 'GET', path: '/v1/me', headers: phone.authorization, ...changes });

  describe.each(['ES256', 'Ed25519'] as const)('of a device with a key for %s', (algorithm) => {
    it('are asked for from its registration to its removal', async () => {
      const other = await stack.phone().install();
      const own = new RequestSigner(stack.local.url, other.deviceId, algorithm);
      expectStatus(await register(other, own), 204);
      const asked = await other.me();
      expect(refusal(asked)).toEqual([401, 'signature_required']);
      expect(asked.headers.get('accept-signature')).toContain('"@target-uri"');

      const headers = other.authorization;
      expectStatus(await own.send({ method: 'GET', path: '/v1/me', headers }), 200);
      const body = { platform: 'ios', appVersion: '1.2.3', model: 'Phone 9' };
      const path = `/v1/devices/${other.deviceId}`;
      expectStatus(await own.send({ method: 'PUT', path, headers, body }), 200, 201);

      expect(refusal(await register(other, new RequestSigner(stack.local.url, 'x')))).toEqual([
        401,
        'signature_required',
      ]);
      expect((await other.api.request('DELETE', keyPath(other), { headers })).status).toBe(401);
      expectStatus(await own.send({ method: 'DELETE', path: keyPath(other), headers }), 204);
      expectStatus(await other.me(), 200);
    });
  });

  it('are asked of every session of the device, and of no other device', async () => {
    const again = stack.phone({ email: phone.email, password: phone.password, deviceId: phone.deviceId });
    expectStatus(await again.login(), 200);
    expect(refusal(await again.me())).toEqual([401, 'signature_required']);
    const sibling = phone.sibling();
    expectStatus(await sibling.login(), 200);
    expectStatus(await sibling.me(), 200);
    expect(
      (
        await sibling.api.request('PUT', keyPath(phone), {
          headers: sibling.authorization,
          body: { publicKey: await signer.publicJwk() },
        })
      ).status,
    ).toBe(404);
  });

  it('go with a session that is bound to a key', async () => {
    const key = await DpopKey.generate(stack.local.url);
    const bound = await key.login(phone);
    const request = { method: 'GET', path: '/v1/me' };
    expect(refusal(await key.get(phone, bound))).toEqual([401, 'signature_required']);
    const answer = await key.challenged(async () =>
      signer.send({ ...request, headers: await key.headers(bound, 'GET', '/v1/me') }),
    );
    expectStatus(answer, 200);
  });

  it('may cover more, and digest the body otherwise', async () => {
    const body = { platform: 'ios', appVersion: '1.2.3' };
    const sha512 = createHash('sha512').update(JSON.stringify(body)).digest('base64');
    const headers = { ...phone.authorization, 'content-digest': `unixsum=:AA==:, sha-512=:${sha512}:` };
    const fields = ['@method', '@target-uri', 'content-digest', 'authorization'];
    const request = { method: 'PUT', path: `/v1/devices/${phone.deviceId}`, headers, fields };
    const answer = await signer.send({ ...request, body, signed: { body: undefined } });
    expectStatus(answer, 200, 201);
  });

  describe('are refused', () => {
    const body = { platform: 'ios', appVersion: '1.2.3' };
    const put = (changes: Partial<SignedRequest>) =>
      signer.send({
        method: 'PUT',
        path: `/v1/devices/${phone.deviceId}`,
        headers: phone.authorization,
        body,
        ...changes,
      });

    it('with a body of which one byte is another', async () => {
      const changed = { ...body, appVersion: '1.2.4' };
      expect(refusal(await put({ signed: { body: changed } }))).toEqual([401, 'signature_invalid']);
    });

    it('with a body that the signature does not cover, or without its digest', async () => {
      expect(refusal(await put({ fields: ['@method', '@target-uri'] }))).toEqual([401, 'signature_invalid']);
      const request = { method: 'PUT', path: `/v1/devices/${phone.deviceId}`, headers: phone.authorization };
      const headers = await signer.sign(request);
      expect(refusal(await phone.api.request('PUT', request.path, { headers, body }))).toEqual([
        401,
        'signature_invalid',
      ]);
    });

    it.each([
      ['with another query', { path: '/v1/devices?limit=2', signed: { url: '/v1/devices?limit=1' } }],
      ['for another path', { signed: { url: '/v1/devices' } }],
      ['for another method', { signed: { method: 'HEAD' } }],
      ['for another host', { signed: { url: 'http://evil.example.com/v1/me' } }],
      ['by another key id', { keyId: randomUUID() }],
      ['without the target', { fields: ['@method'] }],
      ['without the method', { fields: ['@target-uri', '@path'] }],
      ['without a nonce', { params: ['created', 'keyid', 'alg'] }],
      ['without a time', { params: ['nonce', 'keyid', 'alg'] }],
      ['with a short nonce', { nonce: 'abc' }],
    ])('%s', async (_, changes: Partial<SignedRequest>) => {
      const url = changes.signed?.url;
      const signed = { ...changes.signed, ...(url?.startsWith('/') && { url: `${stack.local.url}${url}` }) };
      expect(refusal(await me({ ...changes, signed }))).toEqual([401, 'signature_invalid']);
    });

    it('by another key, and with half of the fields', async () => {
      const stranger = new RequestSigner(stack.local.url, phone.deviceId);
      const request = { method: 'GET', path: '/v1/me', headers: phone.authorization };
      expect(refusal(await stranger.send(request))).toEqual([401, 'signature_invalid']);
      const { Signature: _, signature: __, ...half } = await signer.sign(request);
      expect(refusal(await phone.api.get('/v1/me', half))).toEqual([401, 'signature_required']);
    });

    it('a second time, one after the other and at once', async () => {
      const request = { method: 'GET', path: '/v1/me', headers: phone.authorization };
      const [first, ...others] = await waitFor(
        'ten copies of which one is taken',
        async () => {
          const once = await signer.sign(request);
          const answers = await Promise.all(range(10).map(() => phone.api.get('/v1/me', once)));
          const taken = answers.filter(({ status }) => status === 200).length;
          // a slow Redis may have asked for a nonce instead
          return taken > 0 ? [await phone.api.get('/v1/me', once), ...answers] : undefined;
        },
        20_000,
      );
      expect(first?.status).toBe(401);
      expect(others.filter(({ status }) => status === 200)).toHaveLength(1);
    });

    it('for a host that only the request names', async () => {
      const signed = { url: 'http://evil.example.com/v1/me' };
      const headers = { ...phone.authorization, 'x-forwarded-host': 'evil.example.com' };
      const fields = await signer.sign({ method: 'GET', path: '/v1/me', headers, signed });
      const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
      const text = ['GET /v1/me HTTP/1.1', 'Host: evil.example.com', ...lines, '', ''].join('\r\n');
      const answer = await rawHttp(stack.local.ports.web, text);
      expect([answer.status, JSON.parse(answer.body).code]).toEqual([401, 'signature_invalid']);
    });
  });

  it('by a wrong clock are good with a nonce of the server before the own one', async () => {
    signer.nonce = undefined;
    stack.moveClock(5 * MINUTE_MS);
    expect(refusal(await me({ nonce: randomUUID() }))).toEqual([401, 'use_signature_nonce']);
    for (const created of [new Date(1_000), new Date()]) expectStatus(await me({ created }), 200);
    const made = `${'A'.repeat(31)}.${randomUUID()}`;
    expect(refusal(await me({ nonce: made }))).toEqual([401, 'use_signature_nonce']);
    const { nonce } = signer;
    stack.moveClock(10 * MINUTE_MS + 10_000);
    expect(refusal(await me({ nonce: `${nonce}.${randomUUID()}` }))).toEqual([401, 'use_signature_nonce']);
    expectStatus(await me(), 200);
    signer.nonce = undefined;
  });

  it('a key that is no public one of a kind we take is not registered', async () => {
    const other = await stack.phone().signUp();
    const good = await signer.publicJwk();
    for (const publicKey of [{ ...good, d: good.x }, { ...good, y: good.x }, { kty: 'oct', k: 'AAAA' }, {}]) {
      const answer = await other.api.request('PUT', keyPath(other), {
        headers: other.authorization,
        body: { publicKey },
      });
      expect(refusal(answer)).toEqual([422, 'validation_failed']);
    }
    expectStatus(await other.me(), 200);
  });

  describe('of an API key that demands them', () => {
    it('work, with an Idempotency-Key too: the repeat is signed anew', async () => {
      const probe = new RequestSigner(stack.local.url, '');
      const jwk = JSON.stringify(await probe.publicJwk());
      const created = await stack.cli<{ id: string; key: string; requiresSignature: boolean }>(
        ...['apikey', 'create', '--name', 'signed', '--scopes', 'push:send', '--signing-key', jwk],
      );
      expect(created.requiresSignature).toBe(true);
      const target = await stack.phone().install();
      const headers = { 'x-api-key': created.key, 'idempotency-key': randomUUID() };
      const body = Operator.notification(target.deviceId);
      const request = { method: 'POST', path: '/v1/push/notifications', headers, body, keyId: created.id };

      const unsigned = await stack.api.request('POST', request.path, { headers, body });
      expect(refusal(unsigned)).toEqual([401, 'signature_required']);
      const first = expectStatus(await probe.send(request), 202);
      const again = expectStatus(await probe.send(request), 202);
      expect([again.text, again.headers.get('idempotency-replayed')]).toEqual([first.text, 'true']);

      const rotated = await stack.cli<{ id: string; key: string }>('apikey', 'rotate', created.id);
      const anew = { ...headers, 'x-api-key': rotated.key };
      expect(refusal(await stack.api.request('POST', request.path, { headers: anew, body }))).toEqual([
        401,
        'signature_required',
      ]);
      expectStatus(await probe.send({ ...request, headers: anew, keyId: rotated.id }), 202);
    });
  });
});
