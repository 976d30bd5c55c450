import { randomUUID } from 'node:crypto';

/** Whoever runs statements as the superuser. */
interface Statements {
  sql<Row extends Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

export interface NotificationRow {
  readonly audience?: unknown;
  readonly category?: string;
  readonly localizations?: unknown;
  readonly content?: unknown;
  readonly dryRun?: boolean;
  readonly respectQuietHours?: boolean;
  readonly expiresInSeconds?: number;
  readonly sendAt?: Date;
}

/** People with phones and notifications to them, as rows: thousands in a statement. */
export class AudienceRows {
  constructor(private readonly services: Statements) {}

  /**
   * Signed-in users with a device each, whose locale, target and ids follow from the number.
   * @param set keeps the people of one test apart from those of another
   */
  async people(set: string, count: number, provider = 'onesignal'): Promise<void> {
    await this.services.sql(
      `insert into loopin.users (id, email, created_at)
       select md5($1 || 'u' || i)::uuid, $1 || i || '@example.com', now() from generate_series(1, $2::int) i`,
      [set, count],
    );
    await this.services.sql(
      `insert into loopin.devices (id, user_id, device_id, platform, app_version, locale, push_provider, push_target,
         token_hash, created_at, last_seen_at)
       select md5($1 || 'r' || i)::uuid, md5($1 || 'u' || i)::uuid, md5($1 || 'd' || i)::uuid, 'ios', '1.0.0',
         (array['pt-br', 'pt-PT', 'en', null])[1 + i % 4], $3, md5($1 || 't' || i)::uuid, '\\x00', now(), now()
       from generate_series(1, $2::int) i`,
      [set, count, provider],
    );
    await this.services.sql(
      `insert into loopin.sessions (id, user_id, device_id, aal, amr, authenticated_at, created_at, last_used_at,
         expires_at, absolute_expires_at)
       select md5($1 || 's' || i)::uuid, md5($1 || 'u' || i)::uuid, md5($1 || 'd' || i)::uuid, 'aal1', '{pwd}',
         now(), now(), now(), now(), now() from generate_series(1, $2::int) i`,
      [set, count],
    );
    await this.services.sql(
      `insert into loopin.push_topic_subscriptions
       select $1, md5($1 || 'u' || i)::uuid, now() from generate_series(1, $2::int) i`,
      [set, count],
    );
  }

  async notification(row: NotificationRow): Promise<string> {
    const id = randomUUID();
    const { dryRun = false, respectQuietHours = true, expiresInSeconds = 86_400, sendAt = null } = row;
    await this.services.sql(
      `insert into loopin.push_notifications (id, status, audience, content, localizations, options, category, dry_run,
         respect_quiet_hours, send_at, created_by, created_at, expires_at)
       values ($1, $2, $3, $4, $5, '{}', $6, $7, $8, $9, 'test', now(), now() + make_interval(secs => $10))`,
      [
        id,
        sendAt === null ? 'queued' : 'scheduled',
        JSON.stringify(row.audience ?? { all: true }),
        JSON.stringify(row.content ?? { title: 'x' }),
        JSON.stringify(row.localizations ?? {}),
        row.category ?? 'general',
        ...[dryRun, respectQuietHours, sendAt, expiresInSeconds],
      ],
    );
    return id;
  }

  async prefer(set: string, wishes: { optedOut?: string[]; quiet?: [string, string] }): Promise<void> {
    const [start = null, end = null] = wishes.quiet ?? [];
    await this.services.sql(
      `insert into loopin.push_preferences
       select user_id, $2, $3, $4, $5, now() from loopin.push_topic_subscriptions where topic = $1
       on conflict (user_id) do update set opted_out = excluded.opted_out, quiet_start = excluded.quiet_start,
         quiet_end = excluded.quiet_end, timezone = excluded.timezone`,
      [set, wishes.optedOut ?? [], start, end, start === null ? null : 'UTC'],
    );
  }

  async cap(category: string, count: number, windowSeconds: number): Promise<void> {
    await this.services.sql('insert into loopin.push_categories values ($1, $2, $3, now())', [
      category,
      count,
      windowSeconds,
    ]);
  }

  /** Rows by state and reason. */
  async outcome(id: string): Promise<Record<string, number>> {
    const rows = await this.services.sql<{ what: string; count: number }>(
      `select concat_ws(' ', state, reason) as what, count(*)::int as count
       from loopin.push_recipients where notification_id = $1 group by 1`,
      [id],
    );
    return Object.fromEntries(rows.map(({ what, count }) => [what, count]));
  }

  async status(id: string): Promise<string | undefined> {
    const [row] = await this.services.sql<{ status: string }>(
      'select status from loopin.push_notifications where id = $1',
      [id],
    );
    return row?.status;
  }

  /** Each chunk with its number of rows, and what it says itself. */
  chunks(
    id: string,
  ): Promise<
    { chunk: number; state: string; members: number; rows: number; variant: string; provider: string }[]
  > {
    return this.services.sql(
      `select c.chunk, c.state, c.members, c.variant, c.provider,
         (select count(*)::int from loopin.push_deliveries d
          where d.notification_id = c.notification_id and d.chunk = c.chunk and d.variant = c.variant
            and d.provider = c.provider) as rows
       from loopin.push_chunks c where notification_id = $1 order by chunk`,
      [id],
    );
  }

  async targets(id: string): Promise<string[]> {
    const text = 'select target from loopin.push_deliveries where notification_id = $1 order by target';
    return (await this.services.sql<{ target: string }>(text, [id])).map(({ target }) => target);
  }

  /** Messages in the outbox by type, of one notification. */
  async messages(id: string): Promise<{ type: string; payload: { chunk?: number } }[]> {
    const rows = await this.services.sql<{ body: { type: string; payload: { chunk?: number } } }>(
      `select body::jsonb as body from loopin.outbox where body::jsonb -> 'payload' ->> 'notificationId' = $1`,
      [id],
    );
    return rows.map(({ body }) => body);
  }

  async inbox(id: string): Promise<number> {
    const rows = await this.services.sql('select from loopin.inbox_items where notification_id = $1', [id]);
    return rows.length;
  }
}
