import { randomUUID } from 'node:crypto';
import { FanOutService } from '../../src/modules/push/fanout/fan-out.service';
import { HeldRecipients } from '../../src/modules/push/fanout/held-recipients';
import { PgFanOutStore } from '../../src/modules/push/fanout/pg-fan-out.store';
import { DueNotifications } from '../../src/modules/push/notifications/due-notifications';
import { NotificationsService } from '../../src/modules/push/notifications/notifications.service';
import { PgNotificationStore } from '../../src/modules/push/notifications/pg-notification.store';
import { PgCategoryStore } from '../../src/modules/push/preferences/pg-category.store';
import { PgPreferencesStore } from '../../src/modules/push/preferences/pg-preferences.store';
import { PreferencesService } from '../../src/modules/push/preferences/preferences.service';
import { PgTemplateStore } from '../../src/modules/push/templates/pg-template.store';
import { StoredTemplateRenderer } from '../../src/modules/push/templates/stored.template-renderer';
import { RelayOnly } from '../../src/platform/sqs/fast-path';
import { Outbox } from '../../src/platform/sqs/outbox';
import { Clock } from '../../src/shared/clock';
import type { NotificationId, UserId } from '../../src/shared/ids';
import type { Cap, Person, Sending, Wishes } from './push-scenario';
import type { Services } from './services';

/** A recipient's row. */
export interface DeliveryRow {
  readonly notification: string;
  readonly user: string;
  readonly target: string;
  readonly state: string;
  readonly reason: string | null;
  readonly chunk: number | null;
  readonly variant: string;
}

class SetClock extends Clock {
  time = new Date(0);

  now(): Date {
    return this.time;
  }
}

/** The push module's own services on a clock that stands still until it is set. */
export class PushDriver {
  readonly #clock = new SetClock();
  readonly #database;
  readonly #notifications;
  readonly #fanOut;
  readonly #held;
  readonly #due;
  readonly #preferences;

  constructor(private readonly services: Services) {
    const database = services.database();
    const clock = this.#clock;
    const outbox = new Outbox(clock, new RelayOnly(), database);
    const store = new PgNotificationStore(database);
    const fanOutStore = new PgFanOutStore(database);
    const renderer = new StoredTemplateRenderer(new PgTemplateStore(database));
    this.#database = database;
    this.#notifications = new NotificationsService(store, renderer, outbox, database, clock);
    // pages and chunks of two: people are few, and every boundary should be met
    this.#fanOut = new FanOutService(fanOutStore, outbox, database, clock, { chunkSize: 2 });
    this.#held = new HeldRecipients(fanOutStore, this.#fanOut, clock);
    this.#due = new DueNotifications(store, outbox, database, clock);
    this.#preferences = new PreferencesService(new PgPreferencesStore(database), database, clock);
  }

  setClock(time: Date): void {
    this.#clock.time = time;
  }

  async clear(): Promise<void> {
    await this.services.sql(
      'truncate loopin.push_notifications, loopin.users, loopin.push_categories, loopin.outbox cascade',
    );
  }

  async cap(name: string, cap: Cap): Promise<void> {
    const category = { name, cap, updatedAt: this.#clock.now() };
    await this.#database.transaction((tx) => new PgCategoryStore(this.#database).put(tx, category));
  }

  /** @returns the user's id */
  async add({ devices, locale, wishes }: Person): Promise<UserId> {
    const user = randomUUID() as UserId;
    await this.services.sql(
      `with u as (
         insert into loopin.users (id, email, created_at) values ($1::uuid, $1::uuid || '@example.com', now())
       ), d as (
         insert into loopin.devices (id, user_id, device_id, platform, app_version, locale, push_provider,
           push_target, token_hash, created_at, last_seen_at)
         select gen_random_uuid(), $1::uuid, gen_random_uuid(), 'ios', '1.0.0', $2, 'onesignal', gen_random_uuid(),
           '\\x00', now(), now()
         from generate_series(1, $3::int)
         returning device_id
       )
       insert into loopin.sessions (id, user_id, device_id, aal, amr, authenticated_at, created_at, last_used_at,
         expires_at, absolute_expires_at)
       select gen_random_uuid(), $1::uuid, device_id, 'aal1', '{pwd}', now(), now(), now(), now(), now() from d`,
      [user, locale, devices],
    );
    await this.wish(user, wishes);
    return user;
  }

  async wish(user: UserId, wishes: Wishes): Promise<void> {
    await this.#preferences.replace(user, wishes, () => undefined);
  }

  /** @returns the notification's id */
  async send(sending: Sending, to: readonly UserId[]): Promise<string> {
    const id = randomUUID() as NotificationId;
    const { category, respectQuietHours, dryRun, ttlSeconds, sendAt } = sending;
    const content = { title: 'x', ...(sending.silent && { silent: true }) };
    const localizations = Object.fromEntries(sending.locales.map((locale) => [locale, { title: locale }]));
    const draft = { content, localizations, category, respectQuietHours, dryRun, ttlSeconds, sendAt };
    const audience = to.length === 0 ? { all: true as const } : { users: [...to] };
    await this.#notifications.create(id, audience, draft, 'test');
    return id;
  }

  /** What the workers do at this moment: schedules, audiences, recipients whose quiet hours are over. */
  async work(): Promise<void> {
    while (await this.#due.queue());
    const queued = await this.services.sql<{ id: NotificationId }>(
      "select id from loopin.push_notifications where status = 'queued'",
    );
    for (const { id } of queued) await this.#fanOut.resolveAudience(id);
    while (await this.#held.release());
  }

  rows(): Promise<DeliveryRow[]> {
    return this.services.sql<DeliveryRow & Record<string, unknown>>(
      `select notification_id as notification, user_id as user, target, state, reason, chunk, variant
       from loopin.push_recipients`,
    );
  }
}
