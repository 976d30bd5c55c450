// The sweep as the worker does it, without all that a worker does besides. `POST /` sweeps published messages until
// nothing is left, one sweep right after the other, and tells what each removed.
import http from 'node:http';
import { createRequire } from 'node:module';
import path from 'node:path';

const { PORT, DATABASE_URL: url = '' } = process.env;
const CONNECTIONS = 3;

const built = createRequire(path.resolve(import.meta.dirname, '../../dist/src/main.js'));
const { SystemClock } = built('./platform/clock/system.clock.js');
const { connectionOptions } = built('./platform/database/connection-options.js');
const { Database } = built('./platform/database/database.js');
const { ExpirySweep } = built('./platform/database/expiry-sweep.js');
const { MESSAGE_EXPIRY } = built('./platform/sqs/message.expiry.js');

const database = new Database({ ...connectionOptions({ url, tls: false }), poolMax: CONNECTIONS });
const sweep = new ExpirySweep(database, new SystemClock(), MESSAGE_EXPIRY);

async function sweepAll(): Promise<unknown[]> {
  const all: unknown[] = [];
  for (let isDone = false; !isDone; ) {
    const swept = await sweep.sweep();
    all.push(...swept);
    isDone = swept.every((one: { isDone: boolean }) => one.isDone);
  }
  return all;
}

http
  .createServer((request, response) => {
    if (request.method === 'POST') void sweepAll().then((all) => response.end(JSON.stringify(all)));
    else response.end('ok');
  })
  .listen(Number(PORT), '127.0.0.1');
