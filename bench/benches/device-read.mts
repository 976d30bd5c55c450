import type { LocalStack } from '../../tools/local/client.mts';
import { Load } from '../harness/load.mts';
import type { PlannedRequest } from '../harness/load-messages.mts';
import { Quiet } from '../harness/quiet.mts';
import type { Report } from '../harness/report.mts';
import {
  disturbances,
  type Measurement,
  measureInTurns,
  microsecondsPerRequest,
  toCells,
} from '../harness/rounds.mts';
import type { ServerProcess } from '../harness/server-process.mts';
import type { TestBed } from '../harness/test-bed.mts';
import { appSpec } from './app.mts';
import { startPeer } from './peer.mts';
import { preparePhones } from './prepared-phones.mts';
import type { SignedInPhone } from './signed-in-phones.mts';

/** Enough for everybody to stay below the rate limit of 600,000 a minute. */
const PHONES = 20;
const MOST_RATIO = 1.6;
const MOST_RSS_MB = 250;

/** An authenticated read by key: what every request pays before it does anything. */
export const deviceRead = {
  line: 'authenticated GET /v1/devices/{id}, everything on, beside a hand-written Fastify + pg route',
  run: async (bed: TestBed): Promise<Report> => {
    const stack = await bed.services();
    const spec = appSpec(stack, 'web', { logs: 'pipe' });
    // a clock that can be moved looks at its file again and again; only a developer's machine has one
    const ours = bed.server({ ...spec, env: { ...spec.env, CLOCK_OFFSET_FILE: '' } });
    await ours.listening();
    const phones = await preparePhones(bed, stack, PHONES);
    const peers = [
      await startPeerOf(bed, stack, 'Fastify + pg pool', 'pool'),
      await startPeerOf(bed, stack, 'Fastify + pg pipelined', 'pipeline', stack.ports.worker),
    ];
    const requests = phones.map(toRequest);
    for (const peer of peers) await assertSameAnswer(ours, peer, requests[0]);
    const contenders = [ours, ...peers].map((server) => ({ server, requests }));
    const quiet = new Quiet(bed.cores.count);
    return report(await measureInTurns(contenders, new Load(bed), quiet, (line) => bed.say(line)));
  },
};

async function startPeerOf(
  bed: TestBed,
  stack: LocalStack,
  name: string,
  driver: 'pool' | 'pipeline',
  port?: number,
): Promise<ServerProcess> {
  const jwks = (await (await fetch(`${stack.url}/.well-known/jwks.json`)).json()) as { keys: unknown[] };
  const env = { ...stack.env, PUBLIC_JWK: JSON.stringify(jwks.keys[0]), PEER_DRIVER: driver };
  return startPeer(bed, { file: 'device-read', name, env, ...(port !== undefined && { port }) });
}

function toRequest({ deviceId, accessToken }: SignedInPhone): PlannedRequest {
  return {
    method: 'GET',
    path: `/v1/devices/${deviceId}`,
    headers: { authorization: `Bearer ${accessToken}` },
  };
}

/** Only equal work compares. @throws Error when the two answer differently */
async function assertSameAnswer(
  ours: ServerProcess,
  peer: ServerProcess,
  request: PlannedRequest | undefined,
): Promise<void> {
  if (request === undefined) throw new Error('there is nothing to compare');
  const [one, other] = await Promise.all(
    [ours, peer].map(async ({ origin }) => {
      const response = await fetch(`${origin}${request.path}`, { headers: request.headers });
      return `${response.status} ${await response.text()}`;
    }),
  );
  if (one !== other || !one?.startsWith('200 ')) throw new Error(`different answers:\n${one}\n${other}`);
}

function report(measurements: readonly Measurement[]): Report {
  const [ours, ...peers] = measurements;
  if (ours === undefined) throw new Error('nothing was measured');
  const cost = ({ best }: Measurement) => microsecondsPerRequest(best);
  return {
    bench: 'device-read',
    title: 'Authenticated read of a device, 50 connections',
    table: {
      head: ['', 'CPU µs a request', 'req/s', 'p50 ms', 'p99 ms', 'RSS MB', 'our CPU ÷ its CPU'],
      rows: measurements.map((one) => [
        ...toCells(one),
        one === ours ? '' : (cost(ours) / cost(one)).toFixed(2),
      ]),
    },
    verdicts: [
      ...peers.slice(0, 1).map((peer) => ({
        what: `our CPU ÷ that of ${peer.name}`,
        value: cost(ours) / cost(peer),
        most: MOST_RATIO,
        unit: '',
        slack: true,
      })),
      { what: 'our RSS', value: ours.rssMegabytes, most: MOST_RSS_MB, unit: ' MB', slack: false },
    ],
    notes: [
      'ours: token, session liveness, Redis rate limit, correlation id, log line through a pipe; the peers: token and SQL',
      'CPU of all threads of the server, least of three windows of 4 s in turns; server on one core, the rest on the other',
      ...measurements.flatMap(disturbances),
    ],
    data: measurements.map((one) => ({ ...one, microsecondsPerRequest: cost(one) })),
  };
}
