import { randomUUID } from 'node:crypto';
import { Pool } from 'undici';
import type { FanoutBed } from './fanout-bed.mts';

/** As many as our provider's own pool has. */
const CONNECTIONS = 8;
const ROUNDS = 3;

/** What the sandbox takes when the same calls are made by nothing but undici: recipients a second, best of three. */
export async function ceiling(bed: FanoutBed, recipients: number): Promise<number> {
  const size = Number(bed.stack.env.ONESIGNAL_CHUNK_SIZE);
  const pool = new Pool(bed.provider, { connections: CONNECTIONS });
  let best = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const bodies = Array.from({ length: Math.ceil(recipients / size) }, () => bodyOf(bed, size));
    const begin = performance.now();
    await Promise.all(bodies.map((body) => post(bed, pool, body)));
    best = Math.max(best, recipients / ((performance.now() - begin) / 1_000));
    await bed.quiet();
  }
  await pool.close();
  return best;
}

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

async function post({ stack }: FanoutBed, pool: Pool, body: string): Promise<void> {
  const { statusCode, body: answer } = await pool.request({
    method: 'POST',
    path: '/notifications?c=push',
    headers: { authorization: `Key ${stack.env.ONESIGNAL_API_KEY}`, 'content-type': 'application/json' },
    body,
  });
  const text = await answer.text();
  if (statusCode !== 200) throw new Error(`the sandbox says ${statusCode} ${text}`);
}
