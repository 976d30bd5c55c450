import type { IncomingHttpHeaders } from 'node:http';
import { secretList, standardSecretList } from '../../src/config/webhook-secrets';
import { WebhookSources } from '../../src/modules/webhooks/inbound/sources/webhook-sources';
import type { VerifiedEvent, WebhookSource } from '../../src/modules/webhooks/inbound/webhook-source';
import { InvalidSignature } from '../../src/modules/webhooks/inbound/webhooks.errors';
import { NotFound, ValidationFailed } from '../../src/shared/domain-error';
import { type Posted, SENDERS, type Sender, SIGNING_SENDERS } from '../support/webhook-senders';

const NOW = new Date();
const MINUTE_MS = 60_000;

/** As the environment brings them. */
function sourceOf({ source }: Sender, ...secrets: readonly string[]): WebhookSource {
  const text = secrets.join(',');
  const standard = source === 'standard' || source === 'supabase';
  const list = standard ? standardSecretList.parse(text) : secretList(16).parse(text);
  const none = {
    stripe: undefined,
    razorpay: undefined,
    github: undefined,
    onesignal: [],
    supabase: undefined,
    standard: undefined,
  };
  return new WebhookSources({ ...none, [source]: list }).named(source);
}

const verify = (source: WebhookSource, { headers, body }: Posted, now = NOW): VerifiedEvent =>
  source.verify(headers as IncomingHttpHeaders, Buffer.from(body), now);

const flipBit = (text: string, index: number): string => {
  const bytes = Buffer.from(text);
  bytes.writeUInt8(bytes.readUInt8(index) ^ 1, index);
  return bytes.toString('latin1');
};

describe.each(SIGNING_SENDERS)('%s', (_name, sender) => {
  const secret = sender.secret();
  const source = sourceOf(sender, secret);
  const post = (body = sender.sample(), at = NOW) => sender.send({ secret, body, at });
  const changed = (posted: Posted, name: string, value: string): Posted => ({
    ...posted,
    headers: { ...posted.headers, [name]: value },
  });

  it('is believed, and tells its id and type', async () => {
    const event = verify(source, await post());
    expect(event).toMatchObject({ eventId: expect.stringMatching(/^\S+$/), type: sender.type });
  });

  it('is refused with any bit of the body flipped', async () => {
    const posted = await post();
    for (let index = 0; index < posted.body.length; index++) {
      const other = { ...posted, body: flipBit(posted.body, index) };
      expect(() => verify(source, other)).toThrow(InvalidSignature);
    }
  });

  it('is refused with any bit of the proof flipped', async () => {
    const posted = await post();
    const proof = posted.headers[sender.proof] ?? '';
    for (let index = 0; index < proof.length; index++) {
      expect(() => verify(source, changed(posted, sender.proof, flipBit(proof, index)))).toThrow(
        InvalidSignature,
      );
    }
  });

  it('is refused with its JSON written anew', async () => {
    const posted = await post();
    const body = JSON.stringify(JSON.parse(posted.body), undefined, 1);
    expect(() => verify(source, { ...posted, body })).toThrow(InvalidSignature);
  });

  it.each(sender.needed)('is refused without %s, and with an empty one', async (header) => {
    const posted = await post();
    const { [header]: _left, ...headers } = posted.headers;
    expect(() => verify(source, { ...posted, headers })).toThrow(InvalidSignature);
    expect(() => verify(source, changed(posted, header, ''))).toThrow(InvalidSignature);
  });

  it('is refused under another secret', async () => {
    const posted = await sender.send({ secret: sender.secret(), body: sender.sample() });
    expect(() => verify(source, posted)).toThrow(InvalidSignature);
  });

  it('is believed under the old and the new secret while one replaces the other', async () => {
    const newer = sender.secret();
    const both = sourceOf(sender, newer, secret);
    const body = sender.sample();
    expect(verify(both, await sender.send({ secret: newer, body })).type).toBe(sender.type);
    expect(verify(both, await post(body)).type).toBe(sender.type);
    const old = await post(body);
    expect(() => verify(sourceOf(sender, newer), old)).toThrow(InvalidSignature);
  });

  it('that says nothing we know is not understood', async () => {
    for (const body of ['{', '[]', '"text"', 'null']) {
      const posted = await post(body);
      expect(() => verify(source, posted)).toThrow(ValidationFailed);
    }
  });

  const times: readonly (readonly [number, boolean])[] = [
    [-4, true],
    [4, true],
    [-6, !sender.signsTime],
    [6, !sender.signsTime],
  ];
  it.each(times)('signed %d minutes from now: %s', async (minutes, believed) => {
    const posted = await post(sender.sample(), new Date(NOW.getTime() + minutes * MINUTE_MS));
    if (believed) expect(verify(source, posted).type).toBe(sender.type);
    else expect(() => verify(source, posted)).toThrow(InvalidSignature);
  });
});

describe('schemes in detail', () => {
  it('GitHub: a form, which is its default, is told what to set instead', async () => {
    const github = SENDERS.github as Sender;
    const secret = github.secret();
    const posted = await github.send({ secret, body: `payload=${encodeURIComponent(github.sample())}` });
    const headers = { ...posted.headers, 'content-type': 'application/x-www-form-urlencoded' };
    const refusal = () => verify(sourceOf(github, secret), { ...posted, headers });
    expect(refusal).toThrow(ValidationFailed);
    expect(thrownBy(refusal)).toMatchObject({
      details: {
        members: { errors: [{ path: 'content-type', message: expect.stringContaining('application/json') }] },
      },
    });
  });

  it('Stripe: one good v1 among several is enough, and v0 proves nothing', async () => {
    const stripe = SENDERS.stripe as Sender;
    const secret = stripe.secret();
    const { headers, body } = await stripe.send({ secret, body: stripe.sample(), at: NOW });
    const [time = '', good = ''] = (headers['stripe-signature'] ?? '').split(',');
    const withHeader = (value: string) =>
      verify(sourceOf(stripe, secret), { headers: { 'stripe-signature': value }, body });
    expect(withHeader(`${time},v1=${'0'.repeat(64)},${good}`).type).toBe(stripe.type);
    expect(withHeader(`${time}, ${good} ,v0=x`).type).toBe(stripe.type);
    expect(() => withHeader(`${time},${good.replace('v1', 'v0')}`)).toThrow(InvalidSignature);
    expect(() => withHeader(`${time},t=1,${good}`)).toThrow(InvalidSignature);
    expect(() => withHeader(`${time}`)).toThrow(InvalidSignature);
  });

  it('Standard Webhooks: one good signature among several is enough, and v1a is another scheme', async () => {
    const standard = SENDERS.standard as Sender;
    const secret = standard.secret();
    const { headers, body } = await standard.send({ secret, body: standard.sample(), at: NOW });
    const good = headers['webhook-signature'] ?? '';
    const withSignature = (value: string) =>
      verify(sourceOf(standard, secret), { headers: { ...headers, 'webhook-signature': value }, body });
    expect(withSignature(`v1a,xyz v1,AAAA ${good}`).type).toBe(standard.type);
    expect(() => withSignature(good.replace('v1,', 'v1a,'))).toThrow(InvalidSignature);
    expect(() => withSignature(good.replaceAll('=', ''))).toThrow(InvalidSignature);
  });

  it.each([
    [{ user: {}, sms: { otp: '1' } }, 'send-sms'],
    [{ user: {}, email_data: { token: '1' } }, 'send-email'],
    [{ user_id: '1', claims: {} }, 'custom-access-token'],
    [{ factor_id: '1', user_id: '1', valid: true }, 'mfa-verification-attempt'],
    [{ user_id: '1', valid: true }, 'password-verification-attempt'],
    [
      { metadata: { name: 'before-user-created', time: '2026-01-01T00:00:00Z' }, user: {} },
      'before-user-created',
    ],
    [{ type: 'of.another.kind' }, 'of.another.kind'],
    [{}, 'auth-hook'],
  ])('Supabase: %j is a %s', async (hook, type) => {
    const supabase = SENDERS.supabase as Sender;
    const secret = supabase.secret();
    const posted = await supabase.send({ secret, body: JSON.stringify(hook) });
    expect(verify(sourceOf(supabase, secret), posted).type).toBe(type);
  });

  it('OneSignal: the secret is compared whole', async () => {
    const onesignal = SENDERS.onesignal as Sender;
    const secret = onesignal.secret();
    const posted = await onesignal.send({ secret, body: onesignal.sample() });
    const source = sourceOf(onesignal, onesignal.secret(), secret);
    expect(verify(source, posted).type).toBe(onesignal.type);
    for (const wrong of ['', secret.slice(1), `${secret}x`, secret.toUpperCase()]) {
      const headers = { [onesignal.proof]: wrong };
      expect(() => verify(source, { ...posted, headers })).toThrow(InvalidSignature);
    }
  });

  it('tells when it happened, where the source says so', async () => {
    const created = 1_700_000_000;
    const bodies = {
      stripe: { id: 'evt_1', type: 'a', created },
      razorpay: { event: 'a', created_at: created },
      onesignal: { event: { id: '1', kind: 'a', timestamp: created } },
      standard: { type: 'a', timestamp: new Date(created * 1000).toISOString() },
    };
    for (const [name, body] of Object.entries(bodies)) {
      const sender = SENDERS[name] as Sender;
      const secret = sender.secret();
      const posted = await sender.send({ secret, body: JSON.stringify(body) });
      expect(verify(sourceOf(sender, secret), posted).occurredAt).toEqual(new Date(created * 1000));
    }
  });

  it('a source without a secret is not there', () => {
    const sender = SENDERS.stripe as Sender;
    const github = { ...sender, source: 'github' };
    expect(() => sourceOf(github, sender.secret())).not.toThrow();
    const secrets = { onesignal: ['x'.repeat(32)] };
    const none = { stripe: undefined, razorpay: undefined, github: undefined, supabase: undefined };
    const sources = new WebhookSources({ ...none, ...secrets, standard: undefined });
    expect(() => sources.named('github')).toThrow(NotFound);
    expect(() => sources.named('__proto__')).toThrow(NotFound);
  });
});

function thrownBy(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
