import { Client } from 'pg';
import type { LocalStack } from '../local/client.mts';
import { LOOPBACK } from '../local/ports.mts';
import { Api, isRecord } from './api.mts';
import { expectEqual, until } from './expect.mts';
import { type Narrator, paint } from './narrator.mts';
import type { Push } from './server.mts';

type Fields = Readonly<Record<string, unknown>>;

/** Where the id was met, what it stood in, and the id itself as it stood there. */
interface Sighting {
  readonly place: string;
  readonly what: string;
  readonly id: unknown;
}

/** One id in four places: the web's log, the queue's message, the worker's log, the call to the provider. */
export async function followCorrelationId(narrator: Narrator, stack: LocalStack, push: Push): Promise<void> {
  const id = push.correlationId;
  await narrator.step('One correlation id is found everywhere that the push has been.', async (detail) => {
    const sightings = [
      await inWebLog(stack, id),
      await inQueueMessage(stack, push),
      await inWorkerLog(stack, id),
      await inProviderCall(stack, id),
    ];
    for (const sighting of sightings) expectEqual(`the id in the ${sighting.place}`, sighting.id, id);
    for (const line of table(sightings)) detail(line);
  });
}

async function inWebLog(stack: LocalStack, id: string): Promise<Sighting> {
  const accept = (line: Fields) => line.correlationId === id && line.message === 'request';
  const line = await logLine(stack, 'web', accept);
  const what = `${line.method} ${line.route}, status ${line.status}, ${line.durationMs} ms`;
  return { place: 'web log line', what, id: line.correlationId };
}

/** Messages are rows before they are messages: the body that the queue got stays in the outbox for a day. */
async function inQueueMessage(stack: LocalStack, { notificationId }: Push): Promise<Sighting> {
  const client = new Client({ connectionString: stack.env.DATABASE_URL });
  await client.connect();
  try {
    const { rows } = await client.query<{ queue: string; body: string }>(
      `select queue, body from loopin.outbox
       where published_at is not null and body::json ->> 'type' = 'push.deliver-chunk'
         and body::json -> 'payload' ->> 'notificationId' = $1`,
      [notificationId],
    );
    expectEqual('messages that deliver the push', rows.length, 1);
    const envelope: unknown = JSON.parse(rows[0]?.body ?? '{}');
    const { type, correlationId } = isRecord(envelope) ? envelope : {};
    return { place: 'queue message', what: `${type} in ${rows[0]?.queue}`, id: correlationId };
  } finally {
    await client.end();
  }
}

async function inWorkerLog(stack: LocalStack, id: string): Promise<Sighting> {
  const accept = (line: Fields) => line.correlationId === id && line.messageType === 'push.deliver-chunk';
  const line = await logLine(stack, 'worker', accept);
  const what = `${line.messageType}: ${line.message}, ${line.durationMs} ms`;
  return { place: 'worker log line', what, id: line.correlationId };
}

async function inProviderCall(stack: LocalStack, id: string): Promise<Sighting> {
  const sandbox = new Api(`http://${LOOPBACK}:${stack.ports.onesignal}`);
  const { body } = await sandbox.get('/_sandbox/calls');
  const calls: Fields[] = Array.isArray(body) ? body.filter(isRecord) : [];
  const headerOf = (call: Fields) => (isRecord(call.headers) ? call.headers['x-request-id'] : undefined);
  const ours = calls.filter((call) => headerOf(call) === id);
  expectEqual('provider calls with the id', ours.length, 1);
  const call = ours[0] ?? {};
  return {
    place: 'provider call header',
    what: `${call.method} ${call.path}, X-Request-ID`,
    id: headerOf(call),
  };
}

/** Logs are written five times a second, so a line may be a moment late. */
function logLine(stack: LocalStack, process: string, accept: (line: Fields) => boolean): Promise<Fields> {
  const prefix = `${process} | {`;
  return until(
    `a line of the ${process} log`,
    'one with the id of the push',
    async () => stack.logs().filter((line) => line.startsWith(prefix)),
    (lines) => lines.map((line) => parse(line.slice(prefix.length - 1))).find(accept),
  );
}

function table(sightings: readonly Sighting[]): string[] {
  const places = Math.max(...sightings.map(({ place }) => place.length));
  const whats = Math.max(...sightings.map(({ what }) => what.length));
  const row = (place: string, what: string, id: string) =>
    `${place.padEnd(places)}  ${what.padEnd(whats)}  ${id}`;
  return [
    paint('dim', row('where', 'what', 'correlation id')),
    ...sightings.map(({ place, what, id }) => row(place, what, paint('cyan', String(id)))),
  ];
}

function parse(line: string): Fields {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
