import { HttpError } from '../http.mts';

/** Every UUID counts as a subscribed phone, except those that `PUT /_sandbox/subscriptions` names. */
export class Subscriptions {
  readonly #unreachable = new Set<string>();

  /**
   * Adds `{invalid: [ids], unsubscribed: [ids]}`: OneSignal reports both kinds as `invalid_player_ids`.
   * @throws HttpError 400 when one of them is no array of texts.
   */
  add(body: Readonly<Record<string, unknown>>): void {
    for (const name of ['invalid', 'unsubscribed']) {
      const ids = body[name] ?? [];
      if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string')) {
        throw new HttpError(400, { error: `${name} must be an array of subscription ids` });
      }
      for (const id of ids) this.#unreachable.add(id.toLowerCase());
    }
  }

  isReachable(id: string): boolean {
    return !this.#unreachable.has(id);
  }

  clear(): void {
    this.#unreachable.clear();
  }
}
