import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { SandboxConfig, Settings } from './config.mts';
import type { Notification } from './ledger.mts';

const KINDS = ['message.push.sent', 'message.push.received'] as const;
const CONCURRENCY = 8;
const ATTEMPTS = 12;
const LONGEST_PAUSE_MS = 5_000;
const ANSWER_TIMEOUT_MS = 5_000;

type Outcome = 'taken' | 'refused' | 'unavailable';

/**
 * Posts delivery events to our web process, as OneSignal's event webhooks do: at most eight at a time, again while
 * the web is away (about 40 s in all), and given up when it refuses one.
 */
export class EventPoster {
  readonly #config: SandboxConfig;
  readonly #settings: Settings;
  #waiting: Notification[] = [];
  #current: Iterator<string> | undefined;
  #posters = 0;
  /** Grows with every clear(), so that what is under way then is dropped. */
  #generation = 0;
  #counts = { posted: 0, givenUp: 0 };

  constructor(config: SandboxConfig, settings: Settings) {
    this.#config = config;
    this.#settings = settings;
  }

  /** Returns at once; the events follow. */
  announce(notification: Notification): void {
    if (!this.#settings.events) return;
    this.#waiting.push(notification);
    setTimeout(() => this.#start(), this.#settings.eventDelayMs);
  }

  summary(): { posted: number; givenUp: number } {
    return { ...this.#counts };
  }

  clear(): void {
    this.#generation += 1;
    this.#waiting = [];
    this.#current = undefined;
    this.#counts = { posted: 0, givenUp: 0 };
  }

  #start(): void {
    const missing = CONCURRENCY - this.#posters;
    for (let index = 0; index < missing; index += 1) void this.#post();
  }

  async #post(): Promise<void> {
    this.#posters += 1;
    for (let event = this.#next(); event; event = this.#next()) {
      const generation = this.#generation;
      const taken = await this.#deliver(event, generation);
      if (generation !== this.#generation) continue;
      if (taken) this.#counts.posted += 1;
      else this.#counts.givenUp += 1;
    }
    this.#posters -= 1;
  }

  /** The next event of all that wait: posters share one list. */
  #next(): string | undefined {
    for (;;) {
      const step = this.#current?.next();
      if (step && !step.done) return step.value;
      const notification = this.#waiting.shift();
      this.#current = notification && eventsOf(notification, this.#config.appId);
      if (!this.#current) return undefined;
    }
  }

  async #deliver(event: string, generation: number): Promise<boolean> {
    for (let attempt = 0; attempt < ATTEMPTS && generation === this.#generation; attempt += 1) {
      const outcome = await this.#send(event);
      if (outcome !== 'unavailable') return outcome === 'taken';
      await delay(Math.min(100 * 2 ** attempt, LONGEST_PAUSE_MS));
    }
    return false;
  }

  async #send(body: string): Promise<Outcome> {
    try {
      const response = await fetch(this.#config.webhookUrl, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-onesignal-webhook-secret': this.#config.webhookSecret,
        },
        body,
        signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
      });
      await response.arrayBuffer();
      if (response.ok) return 'taken';
      return response.status >= 500 || response.status === 429 ? 'unavailable' : 'refused';
    } catch {
      return 'unavailable';
    }
  }
}

/** Made one by one: 100,000 recipients are 200,000 events. */
function* eventsOf(notification: Notification, appId: string): Generator<string> {
  const message = { id: notification.notificationId };
  for (const subscriptionId of notification.subscriptionIds) {
    for (const kind of KINDS) {
      const timestamp = Math.floor(Date.now() / 1_000);
      const event = {
        id: randomUUID(),
        kind,
        timestamp,
        app_id: appId,
        subscription_id: subscriptionId,
      };
      yield JSON.stringify({ event, message });
    }
  }
}
