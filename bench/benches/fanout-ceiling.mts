import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import type { FanoutBed } from './fanout-bed.mts';
import { meter, type Usage } from './fanout-usage.mts';

/** As many as our provider's own pool has. */
const CONNECTIONS = 8;
const ROUNDS = 3;

/** What the sandbox takes when the same calls are made by nothing but undici: the best of three. */
export async function ceiling(bed: FanoutBed, recipients: number): Promise<Usage> {
  const size = Number(bed.stack.env.ONESIGNAL_CHUNK_SIZE);
  const pool = new Pool(bed.provider, { connections: CONNECTIONS });
  const rounds: Usage[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const bodies = Array.from({ length: Math.ceil(recipients / size) }, () => bodyOf(bed, size));
    const used = meter(bed.coreCount);
    await Promise.all(bodies.map((body) => post(bed, pool, body)));
    rounds.push(used());
    await bed.quiet();
  }
  await pool.close();
  return best(rounds);
}

/** What the database takes when the same recipients are written into one table with one key, and nothing else. */
export async function bareRows(bed: FanoutBed, topic: string): Promise<Usage> {
  const rounds: Usage[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const used = meter(bed.coreCount);
    await bed.rows.copyTargets(topic);
    rounds.push(used());
  }
  return best(rounds);
}

const best = (rounds: readonly Usage[]): Usage => rounds.reduce((a, b) => (b.seconds < a.seconds ? b : a));

const bodyOf = ({ stack }: FanoutBed, size: number): string =>
  JSON.stringify({
    app_id: stack.env.ONESIGNAL_APP_ID,
    target_channel: 'push',
    include_subscription_ids: Array.from({ length: size }, () => randomUUID()),
    idempotency_key: randomUUID(),
    headings: { en: 'Ceiling' },
    contents: { en: 'From the bench' },
    collapse_id: randomUUID(),
  });

/** With the checks that our own adapter makes of an answer. */
async function post({ stack }: FanoutBed, pool: Pool, body: string): Promise<void> {
  const { statusCode, body: answer } = await pool.request({
    method: 'POST',
    path: '/notifications?c=push',
    headers: { authorization: `Key ${stack.env.ONESIGNAL_API_KEY}`, 'content-type': 'application/json' },
    body,
  });
  const text = await answer.text();
  if (statusCode !== 200) throw new Error(`the sandbox says ${statusCode} ${text}`);
  const { id } = JSON.parse(text) as { id?: string };
  if (id === undefined || id === '') throw new Error(`the sandbox took nothing: ${text}`);
}
