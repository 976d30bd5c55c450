import net from 'node:net';
import { codeOf, LocalStackError } from './failure.mts';

export const LOOPBACK = '127.0.0.1';
const DEFAULT_PORT_BASE = 8000;

/** What listens where, as an offset from LOCAL_PORT_BASE, with the words that name it in a message. */
const PLACES = {
  web: [0, 'the web process'],
  worker: [1, 'the worker process'],
  postgres: [2, 'Postgres'],
  redis: [3, 'Redis'],
  sqs: [4, 'SQS'],
  onesignal: [5, 'the OneSignal sandbox'],
  fcm: [6, 'the FCM sandbox'],
  smtp: [7, 'the mailbox (SMTP)'],
  mailbox: [8, 'the mailbox (HTTP)'],
  storage: [9, 'the storage sandbox'],
  sentry: [10, 'the Sentry sink'],
} as const satisfies Record<string, readonly [number, string]>;

type PortName = keyof typeof PLACES;
export type Ports = Readonly<Record<PortName, number>>;

const PORT_COUNT = Object.keys(PLACES).length;
const HIGHEST_BASE = 65_535 - PORT_COUNT;

/** The ports that follow from a base. */
export function portsFrom(base: number): Ports {
  const named = Object.entries(PLACES).map(([name, [offset]]) => [name, base + offset]);
  return Object.fromEntries(named) as Ports;
}

/**
 * Reads LOCAL_PORT_BASE.
 * @throws LocalStackError when it is no usable port number.
 */
export function parsePortBase(text: string | undefined): number {
  if (!text) return DEFAULT_PORT_BASE;
  const base = Number(text);
  if (Number.isInteger(base) && base >= 1024 && base <= HIGHEST_BASE) return base;
  throw new LocalStackError(`LOCAL_PORT_BASE must be a port from 1024 to ${HIGHEST_BASE}, not "${text}"`);
}

/**
 * Checks all of them before anything is started.
 * @throws LocalStackError naming each taken port and what it is for.
 */
export async function refuseTakenPorts(ports: Ports): Promise<void> {
  const names = Object.keys(PLACES) as PortName[];
  const free = await Promise.all(names.map((name) => isFree(ports[name])));
  const taken = names.filter((_, index) => !free[index]);
  if (taken.length === 0) return;
  const list = taken.map((name) => `port ${ports[name]} (${PLACES[name][1]})`).join(', ');
  throw new LocalStackError(
    `${list} ${taken.length === 1 ? 'is' : 'are'} taken: stop what listens there, or choose other ports with LOCAL_PORT_BASE`,
  );
}

/** A base whose ports are all free now, chosen at random below the range that the system hands out itself. */
export async function findFreeBase(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const base = 10_000 + Math.floor(Math.random() * 2_000) * PORT_COUNT;
    const free = await Promise.all(Object.values(portsFrom(base)).map(isFree));
    if (free.every(Boolean)) return base;
  }
  throw new LocalStackError(`no ${PORT_COUNT} free consecutive ports found between 10000 and 32000`);
}

/** One port that the system says is free: for a process beside a stack, whose ports are all its own. */
export function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, LOOPBACK, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', (error) => (codeOf(error) === 'EADDRINUSE' ? resolve(false) : reject(error)));
    server.listen(port, LOOPBACK, () => server.close(() => resolve(true)));
  });
}
