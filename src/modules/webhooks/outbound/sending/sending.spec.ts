import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { DAY, secondsAfter } from '../../../../shared/clock';
import { decodeKeyring } from '../../../../shared/keyring';
import { EndpointSecrets } from './endpoint-secrets';
import { judge } from './outcome';
import { retryAfterSeconds, retryDelaySeconds } from './retry-schedule';
import { newSecret, sign, toSigningKey } from './signing';
import type { WebhookAnswer } from './webhook-sender';

const NOW = new Date('2026-11-23T10:00:00Z');

describe('a signature', () => {
  const headersOf = (secrets: readonly string[], id: string, body: string) => {
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const signature = sign(secrets.map(toSigningKey), id, timestamp, body);
    return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
  };
  const verifiers = (secret: string) => [new StandardWebhook(secret), new SvixWebhook(secret)];

  it('is good for both libraries, whatever is signed', () => {
    const secret = newSecret();
    fc.assert(
      fc.property(fc.uuid(), fc.json(), (id, body) => {
        for (const library of verifiers(secret)) library.verify(body, headersOf([secret], id, body));
      }),
    );
  });

  it('is good for who knows the old or the new secret, and for nobody else', () => {
    const [old, current] = [newSecret(), newSecret()];
    const headers = headersOf([current, old], 'id', '{}');
    for (const secret of [old, current])
      for (const library of verifiers(secret)) expect(() => library.verify('{}', headers)).not.toThrow();
    for (const library of verifiers(newSecret())) expect(() => library.verify('{}', headers)).toThrow();
  });

  it('covers id, time and body', () => {
    const secret = newSecret();
    const headers = headersOf([secret], 'id', '{"a":1}');
    const [library] = verifiers(secret);
    expect(() => library?.verify('{"a":2}', headers)).toThrow();
    expect(() => library?.verify('{"a":1}', { ...headers, 'webhook-id': 'other' })).toThrow();
    const later = String(Number(headers['webhook-timestamp']) + 1);
    expect(() => library?.verify('{"a":1}', { ...headers, 'webhook-timestamp': later })).toThrow();
  });
});

describe('the secrets of an endpoint', () => {
  const keyring = decodeKeyring(`1:${randomBytes(32).toString('base64')}`);

  it('overlap for 24 hours', () => {
    const secrets = EndpointSecrets.of('whsec_1').rotated('whsec_2', NOW);
    expect(secrets.inForce(NOW)).toEqual(['whsec_2', 'whsec_1']);
    expect(secrets.inForce(secondsAfter(NOW, DAY - 1))).toEqual(['whsec_2', 'whsec_1']);
    expect(secrets.inForce(secondsAfter(NOW, DAY))).toEqual(['whsec_2']);
    expect(secrets.rotated('whsec_3', secondsAfter(NOW, DAY)).inForce(secondsAfter(NOW, DAY))).toEqual([
      'whsec_3',
      'whsec_2',
    ]);
  });

  it('that were replaced within a day all sign, up to five', () => {
    let secrets = EndpointSecrets.of('0');
    for (const secret of ['1', '2', '3', '4', '5', '6']) secrets = secrets.rotated(secret, NOW);
    expect(secrets.inForce(NOW)).toEqual(['6', '5', '4', '3', '2']);
  });

  it('are sealed for it alone', () => {
    const secrets = EndpointSecrets.of(newSecret()).rotated(newSecret(), NOW);
    const sealed = secrets.seal(keyring, 'endpoint');
    expect(EndpointSecrets.open(keyring, 'endpoint', sealed).inForce(NOW)).toEqual(secrets.inForce(NOW));
    expect(() => EndpointSecrets.open(keyring, 'another', sealed)).toThrow();
    expect(sealed.includes('whsec_')).toBe(false);
  });

  it('of a rotation that is repeated replace what nobody has seen', () => {
    const secrets = EndpointSecrets.of('old').rotated('unseen', NOW).replaced('seen');
    expect(secrets.inForce(NOW)).toEqual(['seen', 'old']);
  });
});

describe('the schedule', () => {
  const usual = [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000];

  it('is 0 s, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 10 h, each ±20 %', () => {
    usual.forEach((delay, index) => {
      expect(retryDelaySeconds(index + 1, 0.5)).toBe(delay);
      expect(retryDelaySeconds(index + 1, 0)).toBeCloseTo(delay * 0.8);
      expect(retryDelaySeconds(index + 1, 1)).toBeCloseTo(delay * 1.2);
    });
    expect(retryDelaySeconds(usual.length + 1)).toBeUndefined();
  });

  it.each([
    [undefined, 0],
    ['120', 120],
    ['0', 0],
    ['99999999', 43_200],
    [new Date(NOW.getTime() + 60_000).toUTCString(), 60],
    [new Date(NOW.getTime() - 60_000).toUTCString(), 0],
    ['soon', 0],
    ['-5', 0],
  ])('reads Retry-After: %s as %d s', (header, seconds) => {
    expect(retryAfterSeconds(header, NOW)).toBe(seconds);
  });
});

describe('an answer', () => {
  const answer = (status?: number, more: Partial<WebhookAnswer> = {}): WebhookAnswer => ({
    ...{ status, problem: undefined, latencyMs: 1, excerpt: undefined, retryAfter: undefined },
    ...more,
  });
  const verdict = (given: WebhookAnswer, failures = 0) => {
    const { outcome, state, nextAttemptAt } = judge(given, failures, NOW, 0.5);
    return [outcome, state, (nextAttemptAt.getTime() - NOW.getTime()) / 1_000];
  };

  it.each([200, 201, 202, 204, 299])('%d is a delivery', (status) => {
    expect(verdict(answer(status))).toEqual(['delivered', 'delivered', 0]);
  });

  it.each([100, 400, 401, 404, 409, 429, 500, 503])('%d is tried again', (status) => {
    expect(verdict(answer(status))).toEqual(['rejected', 'pending', 5]);
    expect(verdict(answer(status), 7)).toEqual(['rejected', 'failed', 0]);
  });

  it.each([
    [301, 'redirected'],
    [302, 'redirected'],
    [307, 'redirected'],
    [308, 'redirected'],
    [410, 'gone'],
  ])('%d is not', (status, outcome) => {
    expect(verdict(answer(status))).toEqual([outcome, 'failed', 0]);
  });

  it('that does not come is tried again, unless the address was refused', () => {
    expect(verdict(answer(undefined, { problem: 'timed_out' }), 1)).toEqual(['timed_out', 'pending', 300]);
    expect(verdict(answer(undefined, { problem: 'unreachable' }))).toEqual(['unreachable', 'pending', 5]);
    expect(verdict(answer(undefined, { problem: 'address_refused' }))).toEqual([
      'address_refused',
      'failed',
      0,
    ]);
    expect(verdict(answer(undefined, { problem: 'interrupted' }), 3)).toEqual(['interrupted', 'pending', 0]);
  });

  it('that asks for patience is given it, never less than the schedule', () => {
    expect(verdict(answer(503, { retryAfter: '900' }))).toEqual(['rejected', 'pending', 900]);
    expect(verdict(answer(503, { retryAfter: '1' }), 2)).toEqual(['rejected', 'pending', 1_800]);
  });
});
