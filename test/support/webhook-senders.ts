import { createHmac, randomUUID } from 'node:crypto';
import { sign as signForGitHub } from '@octokit/webhooks-methods';
import Razorpay from 'razorpay';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import Stripe from 'stripe';
import { Webhook as SvixWebhook } from 'svix';

/** A request as a provider makes it. */
export interface Posted {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface SendOptions {
  readonly secret: string;
  readonly body: string;
  /** The provider's id, where it is not in the body. */
  readonly id?: string;
  /** When it is signed, where the scheme signs that. */
  readonly at?: Date;
  /** Where the type stands in a header. */
  readonly type?: string;
}

/** A provider: its own library signs, wherever it has one that can. */
export interface Sender {
  readonly source: string;
  /** The header of the proof. */
  readonly proof: string;
  /** All headers that a request of it can't do without. */
  readonly needed: readonly string[];
  readonly signsTime: boolean;
  /** A body of its own kind; each time another one. */
  readonly sample: () => string;
  readonly type: string;
  readonly secret: () => string;
  readonly send: (options: SendOptions) => Promise<Posted>;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const now = () => Math.floor(Date.now() / 1000);
const word = () => randomUUID().replaceAll('-', '');
const standardSecret = () => `whsec_${Buffer.from(word()).toString('base64')}`;

const stripe: Sender = {
  source: 'stripe',
  proof: 'stripe-signature',
  needed: ['stripe-signature'],
  signsTime: true,
  type: 'payment_intent.succeeded',
  secret: () => `whsec_${word()}`,
  sample: () =>
    JSON.stringify({
      id: `evt_${word()}`,
      object: 'event',
      created: now(),
      type: 'payment_intent.succeeded',
      data: { object: { id: 'pi_1', amount: 2000, receipt_email: 'jenny@example.com' } },
    }),
  send: async ({ secret, body, at = new Date() }) => {
    const timestamp = Math.floor(at.getTime() / 1000);
    const header = Stripe.webhooks.generateTestHeaderString({ payload: body, secret, timestamp });
    return { headers: { ...JSON_TYPE, 'stripe-signature': header }, body };
  },
};

/** Razorpay's library can only verify: it has to agree with what is signed here. */
const razorpay: Sender = {
  source: 'razorpay',
  proof: 'x-razorpay-signature',
  needed: ['x-razorpay-signature', 'x-razorpay-event-id'],
  signsTime: false,
  type: 'payment.captured',
  secret: word,
  sample: () =>
    JSON.stringify({
      entity: 'event',
      account_id: 'acc_1',
      event: 'payment.captured',
      payload: { payment: { entity: { id: `pay_${word()}`, amount: 500, email: 'jenny@example.com' } } },
      created_at: now(),
    }),
  send: async ({ secret, body, id = word() }) => {
    const signature = createHmac('sha256', secret).update(body).digest('hex');
    if (!Razorpay.validateWebhookSignature(body, signature, secret))
      throw new Error('not a signature of theirs');
    const headers = { ...JSON_TYPE, 'x-razorpay-event-id': id, 'x-razorpay-signature': signature };
    return { headers, body };
  },
};

const github: Sender = {
  source: 'github',
  proof: 'x-hub-signature-256',
  needed: ['x-hub-signature-256', 'x-github-delivery', 'x-github-event'],
  signsTime: false,
  type: 'push',
  secret: word,
  sample: () => JSON.stringify({ ref: 'refs/heads/main', after: word(), pusher: { email: 'a@example.com' } }),
  send: async ({ secret, body, id = randomUUID(), type = 'push' }) => ({
    headers: {
      ...JSON_TYPE,
      'x-github-delivery': id,
      'x-github-event': type,
      'x-hub-signature-256': await signForGitHub(secret, body),
    },
    body,
  }),
};

type Signer = new (secret: string) => { sign(id: string, at: Date, body: string): string };

/** Standard Webhooks by one of its libraries. */
const standardBy = (Library: Signer, prefix: 'webhook' | 'svix'): Sender => ({
  source: 'standard',
  proof: `${prefix}-signature`,
  needed: [`${prefix}-id`, `${prefix}-timestamp`, `${prefix}-signature`],
  signsTime: true,
  type: 'contact.created',
  secret: standardSecret,
  sample: () =>
    JSON.stringify({
      type: 'contact.created',
      timestamp: new Date().toISOString(),
      data: { id: word(), email: 'jenny@example.com' },
    }),
  send: async ({ secret, body, id = `msg_${word()}`, at = new Date() }) => ({
    headers: {
      ...JSON_TYPE,
      [`${prefix}-id`]: id,
      [`${prefix}-timestamp`]: String(Math.floor(at.getTime() / 1000)),
      [`${prefix}-signature`]: new Library(secret.replace(/^v1,/, '')).sign(id, at, body),
    },
    body,
  }),
});

const standard = standardBy(StandardWebhook, 'webhook');

const supabase: Sender = {
  ...standard,
  source: 'supabase',
  type: 'send-sms',
  secret: () => `v1,${standardSecret()}`,
  sample: () => JSON.stringify({ user: { id: randomUUID(), phone: '+15550100' }, sms: { otp: word() } }),
};

const onesignal: Sender = {
  source: 'onesignal',
  proof: 'x-onesignal-webhook-secret',
  needed: ['x-onesignal-webhook-secret'],
  signsTime: false,
  type: 'message.email.opened',
  secret: word,
  sample: () =>
    JSON.stringify({
      event: {
        id: randomUUID(),
        kind: 'message.email.opened',
        timestamp: now(),
        subscription_id: randomUUID(),
      },
      message: { id: randomUUID() },
    }),
  send: async ({ secret, body }) => ({
    headers: { ...JSON_TYPE, 'x-onesignal-webhook-secret': secret },
    body,
  }),
};

/** Those whose proof covers the body. */
export const SIGNING_SENDERS: readonly (readonly [name: string, sender: Sender])[] = [
  ['stripe', stripe],
  ['razorpay', razorpay],
  ['github', github],
  ['supabase', supabase],
  ['standard', standard],
  ['standard by svix', standardBy(SvixWebhook, 'svix')],
];

export const SENDERS: Readonly<Record<string, Sender>> = {
  stripe,
  razorpay,
  github,
  supabase,
  standard,
  onesignal,
};
