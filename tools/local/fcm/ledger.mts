import { randomUUID } from 'node:crypto';
import type { Message } from './rules.mts';

/** One message that was taken: what a phone gets, not what it still shows. */
export interface Attempt extends Message {
  /** ISO 8601. */
  readonly at: string;
  readonly name: string;
}

/** What stands on a phone: later attempts under the same collapse id have replaced the earlier ones. */
export interface Visible {
  readonly token: string;
  readonly collapseId: string | null;
  readonly title: string;
  readonly body: string;
  readonly at: string;
  readonly attempts: number;
}

/** One call of `messages:send`, as it looked from the provider's side. */
export interface FcmCall {
  readonly at: string;
  readonly httpVersion: string;
  readonly requestId: string | null;
  token: string | null;
  /** null: the call was never answered (a fault said so). */
  status: number | null;
  readonly fault: string;
}

const CALL_CAPACITY = 50_000;

/** What the sandbox remembers, oldest first. */
export class FcmLedger {
  #attempts: Attempt[] = [];
  #visible = new Map<string, Visible>();
  #calls: FcmCall[] = [];
  #callCount = 0;

  /** @returns the name of the message */
  deliver(projectId: string, message: Message): string {
    const name = `projects/${projectId}/messages/${randomUUID()}`;
    const at = new Date().toISOString();
    this.#attempts.push({ ...message, at, name });
    if (message.shows) this.#show(message, name, at);
    return name;
  }

  record(call: FcmCall): void {
    this.#calls.push(call);
    this.#callCount += 1;
    if (this.#calls.length > CALL_CAPACITY) this.#calls.shift();
  }

  calls(): readonly FcmCall[] {
    return this.#calls;
  }

  attempts(token: string | null): Attempt[] {
    return this.#attempts.filter((one) => token === null || one.token === token);
  }

  visible(token: string | null): Visible[] {
    return [...this.#visible.values()].filter((one) => token === null || one.token === token);
  }

  summary(): { calls: number; attempts: number; visible: number } {
    return { calls: this.#callCount, attempts: this.#attempts.length, visible: this.#visible.size };
  }

  clear(): void {
    this.#attempts = [];
    this.#visible = new Map();
    this.#calls = [];
    this.#callCount = 0;
  }

  #show({ token, collapseId, title, body }: Message, name: string, at: string): void {
    const place = JSON.stringify([token, collapseId ?? name]);
    const attempts = (this.#visible.get(place)?.attempts ?? 0) + 1;
    this.#visible.set(place, { token, collapseId, title, body, at, attempts });
  }
}
