import { createHmac, randomUUID } from 'node:crypto';
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

const PER_SECOND = 500;
/** As fast as 50 connections go, for the cost; then at the rate, for the latency. */
const BUSY = { warmUpMs: 500 };
const PACED = { warmUpMs: 1_000, windowMs: 7_000, perSecond: PER_SECOND };
/** More than a server takes in a window: none comes twice. */
const BUSY_EVENTS = 30_000;
const PACED_EVENTS = 5_000;
const WARM_UP_EVENTS = 20_000;
const MOST_WARM_UPS = 6;
const MOST_RATIO = 1.7;
const MOST_P99_MS = 25;

/** Events of Stripe as they come in: each another one, verified, stored and queued. */
export const webhookIntake = {
  line: 'POST /v1/webhooks/stripe, 500 events a second, beside a bare Fastify route with HMAC and one INSERT',
  run: async (bed: TestBed): Promise<Report> => {
    const stack = await bed.services();
    const ours = bed.server(appSpec(stack, 'web', { logs: 'pipe' }));
    await ours.listening();
    const peer = await startPeer(bed, {
      file: 'webhook-intake',
      name: 'Fastify + pg pool',
      env: { ...stack.env, SECRET: secretOf(stack) },
    });
    const contenders = (events: number) => {
      const requests = () => Array.from({ length: events }, () => event(secretOf(stack)));
      return [ours, peer].map((server) => ({ server, requests }));
    };
    const load = new Load(bed);
    for (const contender of contenders(BUSY_EVENTS)) await warmUp(load, contender);
    const quiet = new Quiet(bed.cores.count);
    const say = (line: string) => bed.say(line);
    const busy = await measureInTurns(contenders(BUSY_EVENTS), load, quiet, say, BUSY);
    // another load process, with little to hold: a pause of its garbage collector would count as a latency of the server's
    const paced = await measureInTurns(contenders(PACED_EVENTS), new Load(bed), quiet, say, PACED);
    return report(busy, paced);
  },
};

/** At this rate the compiler would not have seen the hot code before the first window is over. */
async function warmUp(
  load: Load,
  { server, requests }: { server: ServerProcess; requests: () => PlannedRequest[] },
) {
  const { origin, pid } = server;
  const order = { origin, pid, connections: 20, warmUpMs: 0, windowMs: 4_000 };
  for (let seen = 0, turn = 0; seen < WARM_UP_EVENTS && turn < MOST_WARM_UPS; turn += 1) {
    seen += (await load.window({ ...order, requests: requests() })).requests;
  }
}

function secretOf(stack: LocalStack): string {
  const secret = stack.env.STRIPE_WEBHOOK_SECRET;
  if (secret === undefined) throw new Error('the stack has no secret of Stripe');
  return secret;
}

/** About as long as a payment's event is. */
function event(secret: string): PlannedRequest {
  const created = Math.floor(Date.now() / 1_000);
  const body = JSON.stringify({
    id: `evt_${randomUUID()}`,
    object: 'event',
    api_version: '2026-01-28',
    created,
    type: 'payment_intent.succeeded',
    livemode: true,
    data: {
      object: {
        id: `pi_${randomUUID()}`,
        object: 'payment_intent',
        amount: 2_000,
        currency: 'eur',
        description: 'A subscription of a month, paid by card, for somebody who wrote a long note. '.repeat(
          10,
        ),
        metadata: { order: randomUUID(), customer: randomUUID() },
      },
    },
  });
  const signature = createHmac('sha256', secret).update(`${created}.${body}`).digest('hex');
  const headers = { 'content-type': 'application/json', 'stripe-signature': `t=${created},v1=${signature}` };
  return { method: 'POST', path: '/v1/webhooks/stripe', headers, body };
}

function report(busy: readonly Measurement[], paced: readonly Measurement[]): Report {
  const [ours, peer] = busy;
  const atRate = paced[0];
  if (ours === undefined || peer === undefined || atRate === undefined)
    throw new Error('nothing was measured');
  const all = [...busy, ...paced.map((one) => ({ ...one, name: `${one.name}, ${PER_SECOND}/s` }))];
  const cost = ({ best }: Measurement) => microsecondsPerRequest(best);
  return {
    bench: 'webhook-intake',
    title: 'Webhooks coming in: 50 connections, then 500 events a second',
    table: {
      head: ['', 'CPU µs an event', 'events/s', 'p50 ms', 'p99 ms', 'RSS MB'],
      rows: all.map(toCells),
    },
    verdicts: [
      {
        what: `our CPU ÷ that of ${peer.name}`,
        value: cost(ours) / cost(peer),
        most: MOST_RATIO,
        unit: '',
        slack: true,
      },
      {
        what: `our p99 at ${PER_SECOND}/s`,
        value: atRate.best.p99Ms,
        most: MOST_P99_MS,
        unit: ' ms',
        slack: true,
      },
    ],
    notes: [
      'ours: everything on: signature, encryption, events and messages that come together in one statement, publishing to the queue, limit, ' +
        'log line through a pipe; the peer: the same HMAC, and one INSERT into the same table',
      'every event is another one; at a rate, latencies count from the moment that an event was due',
      'CPU of all threads of the server, least of three windows in turns; server on one core, the rest on the other',
      ...all.flatMap(disturbances),
    ],
    data: all.map((one) => ({ ...one, microsecondsPerEvent: cost(one) })),
  };
}
