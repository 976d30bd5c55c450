import pg from 'pg';

/** Rows as sign-ups, registrations and subscriptions leave them; ids and targets follow from the number. */
const ROWS = [
  `insert into loopin.users (id, email, created_at)
   select md5($1 || 'u' || i)::uuid, $1 || i || '@example.com', now() from generate_series(1, $2::int) i`,
  `insert into loopin.devices (id, user_id, device_id, platform, app_version, locale, push_provider, push_target,
     token_hash, created_at, last_seen_at)
   select md5($1 || 'r' || i)::uuid, md5($1 || 'u' || i)::uuid, md5($1 || 'd' || i)::uuid, 'ios', '1.0.0', 'en',
     'onesignal', md5($1 || 't' || i)::uuid, '\\x00', now(), now() from generate_series(1, $2::int) i`,
  `insert into loopin.sessions (id, user_id, device_id, aal, amr, authenticated_at, created_at, last_used_at,
     expires_at, absolute_expires_at)
   select md5($1 || 's' || i)::uuid, md5($1 || 'u' || i)::uuid, md5($1 || 'd' || i)::uuid, 'aal1', '{pwd}',
     now(), now(), now(), now() + interval '7 days', now() + interval '90 days' from generate_series(1, $2::int) i`,
  `insert into loopin.push_topic_subscriptions
   select $1, md5($1 || 'u' || i)::uuid, now() from generate_series(1, $2::int) i`,
];

export class Rows {
  readonly #client: pg.Client;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  static async open(url: string | undefined): Promise<Rows> {
    const client = new pg.Client({ connectionString: url });
    // the stack may end first
    client.on('error', () => undefined);
    await client.connect();
    return new Rows(client);
  }

  /** Signed-in people with a phone each, who subscribe to a topic of the set's name. */
  async people(set: string, count: number): Promise<void> {
    for (const statement of ROWS) await this.#client.query(statement, [set, count]);
    await this.#client.query('vacuum analyze');
  }

  /** How many of a notification's recipients wait, and whether it is over. */
  async progress(id: string): Promise<{ settled: number; frozen: number; over: boolean }> {
    const { rows } = await this.#client.query<{ settled: number; frozen: number; over: boolean }>(
      `select (select coalesce(sum(members), 0)::int from loopin.push_chunks where notification_id = n.id and state = 'sent') as settled,
              coalesce(recipients, 0) as frozen, completed_at is not null as over
       from loopin.push_notifications n where id = $1`,
      [id],
    );
    return rows[0] ?? { settled: 0, frozen: 0, over: false };
  }

  /** A topic's targets into a table of their own, under a key as the recipients have it. */
  async copyTargets(topic: string): Promise<void> {
    await this.#client.query(
      'create table if not exists bare_rows (notification_id uuid, target text, user_id uuid, state text, primary key (notification_id, target))',
    );
    await this.#client.query(
      `insert into bare_rows
       select gen.id, d.push_target, d.user_id, 'pending'
       from (select gen_random_uuid() as id) gen, loopin.push_topic_subscriptions s
       join loopin.devices d using (user_id)
       where s.topic = $1`,
      [topic],
    );
  }

  close(): Promise<void> {
    return this.#client.end();
  }
}
