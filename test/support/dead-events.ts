import { createHash, randomUUID } from 'node:crypto';
import { decodeKeyring } from '../../src/shared/keyring';
import { range } from './concurrently';
import type { TestStack } from './test-stack';

/** Failed webhook events whose messages are dead letters: rows as the worker would have left them. */
export async function addDeadEvents(stack: TestStack, count: number): Promise<string[]> {
  const keys = decodeKeyring(stack.local.env.DATA_KEYS ?? '');
  const ids = range(count).map(() => randomUUID());
  const event = JSON.stringify({ type: 'dead.test', data: {} });
  await stack.sql(
    `insert into loopin.webhook_events (id, source, provider_event_id, type, body_sealed, state, received_at, message_id,
       attempts, last_error)
     select e.id, 'standard', e.id::text, 'dead.test', e.body, 'failed', now(), e.id, 5, 'a test'
     from unnest($1::uuid[], $2::bytea[]) as e(id, body)`,
    [ids, ids.map((id) => keys.seal(event, `webhook-event:${id}`))],
  );
  const bodies = ids.map((id) => bodyOf(id));
  await stack.sql(
    `insert into loopin.dead_letters (id, queue, type, version, correlation_id, occurred_at, state, reason_code, reason,
       attempts, first_failed_at, last_failed_at, died_at, changed_at, body_sealed, body_bytes, body_hash)
     select l.id, 'webhook-events', 'webhook.received', 1, l.id, now(), 'waiting', 'failed', 'a test', 5, now(), now(),
       now(), now(), l.sealed, 0, l.hash
     from unnest($1::uuid[], $2::bytea[], $3::bytea[]) as l(id, sealed, hash)`,
    [
      ids,
      bodies.map((body, index) => keys.seal(body, `dead-letter:${ids[index]}`)),
      bodies.map((body) => createHash('sha256').update(body).digest()),
    ],
  );
  await stack.sql(
    `insert into loopin.inbox (message_id, state, attempts, leased_until, last_error, updated_at)
     select id, 'running', 5, now(), 'a test', now() from unnest($1::uuid[]) as m(id)`,
    [ids],
  );
  return ids;
}

/** Counts each time an event is settled, whoever does it. */
export async function countSettlements(
  stack: TestStack,
): Promise<() => Promise<{ times: number; events: number }>> {
  await stack.sql(`
    create table public.settlements (event_id uuid not null);
    create function public.count_settlement() returns trigger language plpgsql security definer as $$
    begin
      insert into public.settlements values (new.id);
      return null;
    end
    $$;
    create trigger count_settlement after update on loopin.webhook_events for each row
      when (new.state in ('processed', 'ignored')) execute function public.count_settlement()`);
  return async () => {
    const [row] = await stack.sql<{ times: number; events: number }>(
      'select count(*)::int as times, count(distinct event_id)::int as events from public.settlements',
    );
    return row ?? { times: 0, events: 0 };
  };
}

const bodyOf = (id: string): string =>
  JSON.stringify({
    id,
    type: 'webhook.received',
    version: 1,
    correlationId: id,
    occurredAt: new Date().toISOString(),
    payload: { eventId: id },
  });
