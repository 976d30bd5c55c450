import type { SourceName } from '../webhook-source';

const HIDDEN = '[hidden]';
const MOST_DEPTH = 12;
const MOST_ITEMS = 50;
const MOST_VALUES = 5_000;
const MOST_CHARACTERS = 200;

/** A member's name that is a word of the provider, and no address or note that somebody made a name. */
const PLAIN_NAME = /^[\w.$:-]{1,64}$/;
/** Never shown, whatever a list says. */
const SENSITIVE =
  /pass|secret|token|otp|auth|signature|card|cvc|iban|email|phone|contact|address|name|birth|vpa|(^|_)ip(_|$)|url|hash/i;

const EVERYWHERE = ['id', 'type', 'event', 'object', 'status', 'state', 'action', 'kind'];
const TIMES = ['timestamp', 'time', 'created', 'created_at', 'updated_at'];

/** Whose values are shown, by source: ids, kinds, times and amounts. What is not named is hidden, if only for being new. */
const SHOWN: Readonly<Record<SourceName, ReadonlySet<string>>> = {
  stripe: shown(
    'livemode',
    'api_version',
    'pending_webhooks',
    'amount',
    'amount_due',
    'amount_paid',
    'currency',
    'customer',
    'invoice',
    'payment_intent',
    'subscription',
    'mode',
    'reason',
    'attempt_count',
  ),
  razorpay: shown(
    'entity',
    'account_id',
    'contains',
    'amount',
    'currency',
    'order_id',
    'invoice_id',
    'method',
    'amount_refunded',
    'refund_status',
    'captured',
    'error_code',
    'error_reason',
    'subscription_id',
    'plan_id',
  ),
  github: shown(
    'ref',
    'before',
    'after',
    'number',
    'node_id',
    'conclusion',
    'sha',
    'head_sha',
    'run_number',
    'merged',
  ),
  onesignal: shown('app_id', 'subscription_id'),
  supabase: shown('table', 'schema', 'uuid', 'user_id', 'factor_id', 'factor_type', 'aud', 'role'),
  standard: shown(),
};

function shown(...names: readonly string[]): ReadonlySet<string> {
  return new Set([...EVERYWHERE, ...TIMES, ...names].filter((name) => !SENSITIVE.test(name)));
}

/** A body as people may see it: every member is there, and the value of those that the source's list names. */
export function redactPayload(source: string, body: unknown): unknown {
  return new Redaction(isListed(source) ? SHOWN[source] : shown()).of(body, undefined, 0);
}

const isListed = (source: string): source is SourceName => Object.hasOwn(SHOWN, source);

class Redaction {
  private values = 0;

  constructor(private readonly shown: ReadonlySet<string>) {}

  of(value: unknown, name: string | undefined, depth: number): unknown {
    this.values += 1;
    if (depth > MOST_DEPTH || this.values > MOST_VALUES) return '[…]';
    if (Array.isArray(value)) return this.list(value, name, depth);
    if (typeof value === 'object' && value !== null) return this.members(value, depth);
    if (value === null || typeof value === 'boolean') return value;
    return name !== undefined && this.shown.has(name) ? shortened(value) : HIDDEN;
  }

  private list(items: readonly unknown[], name: string | undefined, depth: number): unknown[] {
    const first = items.slice(0, MOST_ITEMS).map((item) => this.of(item, name, depth + 1));
    return items.length > MOST_ITEMS ? [...first, `[${items.length - MOST_ITEMS} more]`] : first;
  }

  private members(value: object, depth: number): Record<string, unknown> {
    const entries = Object.entries(value).map(([name, member], index) => [
      PLAIN_NAME.test(name) ? name : `[hidden name ${index + 1}]`,
      this.of(member, name, depth + 1),
    ]);
    return Object.fromEntries(entries) as Record<string, unknown>;
  }
}

const shortened = (value: unknown): unknown =>
  typeof value === 'string' && value.length > MOST_CHARACTERS ? `${value.slice(0, MOST_CHARACTERS)}…` : value;
