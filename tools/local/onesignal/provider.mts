import { randomUUID } from 'node:crypto';
import type { SandboxConfig, Settings } from './config.mts';
import { EventPoster } from './events.mts';
import { Ledger } from './ledger.mts';
import type { Creation } from './rules.mts';
import { Subscriptions } from './subscriptions.mts';

/** The answer to a create request: HTTP 200 in every case, with an empty id when nothing was sent. */
export interface Answer {
  readonly id: string;
  readonly external_id: string | null;
  readonly errors?: readonly string[] | { readonly invalid_player_ids: readonly string[] };
}

export interface Result {
  readonly answer: Answer;
  /** To how many subscriptions this very call delivered. */
  readonly recipients: number;
  readonly replayed: boolean;
}

const KEY_LIFETIME_MS = 30 * 24 * 60 * 60 * 1_000;
export const NOBODY = ['All included players are not subscribed'] as const;

/** What OneSignal does with a valid request, apart from HTTP. */
export class Provider {
  readonly ledger = new Ledger();
  readonly subscriptions = new Subscriptions();
  readonly events: EventPoster;
  readonly #first = new Map<string, { answer: Answer; at: number }>();

  constructor(config: SandboxConfig, settings: Settings) {
    this.events = new EventPoster(config, settings);
  }

  /**
   * Delivers, or repeats the first result of the same idempotency key, which counts for 30 days.
   * @param unreachable ids that count as invalid in this call only
   */
  create(creation: Creation, unreachable: readonly string[] = []): Result {
    const replay = this.#replay(creation.idempotencyKey);
    if (replay) return { answer: replay, recipients: 0, replayed: true };
    const isReachable = (id: string) => this.subscriptions.isReachable(id) && !unreachable.includes(id);
    const reached = creation.subscriptionIds.filter(isReachable);
    const invalid = creation.subscriptionIds.filter((id) => !isReachable(id));
    const answer = this.#answer(creation, reached, invalid, unreachable.length > 0);
    if (answer.id) this.#deliver(creation, answer, reached);
    return { answer, recipients: reached.length, replayed: false };
  }

  clear(): void {
    this.ledger.clear();
    this.subscriptions.clear();
    this.events.clear();
    this.#first.clear();
  }

  #answer(
    creation: Creation,
    reached: readonly string[],
    invalid: readonly string[],
    named: boolean,
  ): Answer {
    const id = reached.length > 0 ? randomUUID() : '';
    const known = { id, external_id: creation.idempotencyKey };
    if (id && invalid.length === 0) return known;
    if (id || named) return { ...known, errors: { invalid_player_ids: invalid } };
    return { ...known, errors: NOBODY };
  }

  #deliver(creation: Creation, answer: Answer, subscriptionIds: readonly string[]): void {
    const { idempotencyKey, title, body } = creation;
    const now = Date.now();
    const at = new Date(now).toISOString();
    const notification = { notificationId: answer.id, idempotencyKey, title, body, at, subscriptionIds };
    if (idempotencyKey) this.#first.set(idempotencyKey.toLowerCase(), { answer, at: now });
    this.ledger.deliver(notification);
    this.events.announce(notification);
  }

  #replay(key: string | null): Answer | undefined {
    const first = key ? this.#first.get(key.toLowerCase()) : undefined;
    return first && Date.now() - first.at < KEY_LIFETIME_MS ? first.answer : undefined;
  }
}
