// A program of test/e2e/statement-memory.spec.ts: says how much of what statements were given outlives them.
import { createRequire } from 'node:module';

const ROUNDS = 5;
const STATEMENTS = 300;
const PARAMETER_BYTES = 10_000;

const built = createRequire(new URL('../../dist/src/main.js', import.meta.url));
const { PipelinedClient }: typeof import('../../src/platform/database/pipelined-client') = built(
  './platform/database/pipelined-client',
);

const megabytes = () => process.memoryUsage().arrayBuffers / 1_000_000;
const client = new PipelinedClient({ connectionString: process.env.DATABASE_URL });
const kept: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  const before = megabytes();
  for (let n = 0; n < STATEMENTS; n += 1)
    await client.query('select length($1::bytea)', [Buffer.alloc(PARAMETER_BYTES, n)]);
  // what hangs on something old stays until a major collection, which a busy server can't afford often
  globalThis.gc?.({ type: 'minor' });
  globalThis.gc?.({ type: 'minor' });
  kept.push(megabytes() - before);
}
await client.end();
console.log(JSON.stringify(kept));
