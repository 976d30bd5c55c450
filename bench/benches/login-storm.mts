import { type Call, Caller, post, readAs } from '../harness/caller.mts';
import { countByStatus, paced, percentile, slowest } from '../harness/paced.mts';
import { lookAround, otherLoad } from '../harness/proc.mts';
import { Quiet } from '../harness/quiet.mts';
import type { Report } from '../harness/report.mts';
import type { TestBed } from '../harness/test-bed.mts';
import { appSpec } from './app.mts';
import { preparePhones } from './prepared-phones.mts';
import type { SignedInPhone } from './signed-in-phones.mts';

/** Enough for nobody to come near a limit of its own, as in a real storm. */
const PEOPLE = 40;
const LOGINS_PER_SECOND = 200;
const STORM_MS = 10_000;
const READS_PER_SECOND = 100;
const IDLE_MS = 8_000;
const WARM_UP_MS = 3_000;
/** More than can wait at once, so that no call waits on our side. */
const STORM_CONNECTIONS = 400;
const READ_CONNECTIONS = 20;
const MOST_RATIO = 3;
const MOST_REFUSAL_MS = 1_000;

interface Outcome {
  readonly idle: readonly Call[];
  readonly during: readonly Call[];
  readonly logins: readonly Call[];
  /** Of others on this machine, 0 to 1 of all cores. */
  readonly otherLoad: number;
}

/** More sign-ins than can be hashed: who is refused learns so at once, and who is signed in notices nothing. */
export const loginStorm = {
  line: '200 sign-ins a second for 10 s: who gets 503 and how soon, and GET /v1/me of somebody else meanwhile',
  run: async (bed: TestBed): Promise<Report> => {
    const stack = await bed.services();
    const web = bed.server(appSpec(stack, 'web', { logs: 'pipe' }));
    await web.listening();
    const [bystander, ...people] = await preparePhones(bed, stack, PEOPLE + 1);
    if (bystander === undefined) throw new Error('nobody signed in');
    const reader = new Caller(web.origin, READ_CONNECTIONS);
    const crowd = new Caller(web.origin, STORM_CONNECTIONS);
    const outcome = await measure(bed, reader, crowd, bystander, people);
    await Promise.all([reader.close(), crowd.close()]);
    return report(outcome);
  },
};

async function measure(
  bed: TestBed,
  reader: Caller,
  crowd: Caller,
  bystander: SignedInPhone,
  people: readonly SignedInPhone[],
): Promise<Outcome> {
  const me = readAs(bystander.accessToken, '/v1/me');
  const reads = (milliseconds: number) =>
    paced(READS_PER_SECOND, milliseconds, (_, dueAt) => reader.call(me, dueAt));
  const logins = people.map(toLogin);
  const storm = (milliseconds: number) =>
    paced(LOGINS_PER_SECOND, milliseconds, (index, dueAt) => {
      const login = logins[index % logins.length];
      if (login === undefined) throw new Error('there is nobody to sign in');
      return crowd.call(login, dueAt);
    });
  bed.say('warming up');
  await Promise.all([reads(WARM_UP_MS), storm(WARM_UP_MS)]);
  await new Quiet(bed.cores.count).wait();
  const begin = lookAround();
  bed.say('idle');
  const before = await reads(IDLE_MS);
  bed.say('storm');
  const [during, answers] = await Promise.all([reads(STORM_MS), storm(STORM_MS)]);
  bed.say('idle again');
  const after = await reads(IDLE_MS);
  const other = otherLoad(begin, lookAround(), bed.cores.count);
  return { idle: [...before, ...after], during, logins: answers, otherLoad: other };
}

function toLogin({ email, password, deviceId }: SignedInPhone) {
  const device = { deviceId, platform: 'android', appVersion: '2.3.1' };
  return post('/v1/auth/login', { email, password, device });
}

function report({ idle, during, logins, otherLoad }: Outcome): Report {
  const refused = logins.filter(({ status }) => status === 503);
  const [p99Idle, p99During] = [percentile(idle, 99), percentile(during, 99)];
  const odd = logins.filter(({ status }) => status !== 200 && status !== 503).length;
  const unread = [...idle, ...during].filter(({ status }) => status !== 200).length;
  const verdict = (what: string, value: number, most: number, unit: string) => ({
    ...{ what, value, most, unit },
    slack: false,
  });
  return {
    bench: 'login-storm',
    title: `${LOGINS_PER_SECOND} sign-ins a second for ${STORM_MS / 1_000} s`,
    table: {
      head: ['', 'calls', 'p50 ms', 'p99 ms', 'longest ms'],
      rows: [
        toRow(
          'sign-ins that succeeded (200)',
          logins.filter(({ status }) => status === 200),
        ),
        toRow('sign-ins that were refused (503)', refused),
        toRow('GET /v1/me, idle', idle),
        toRow('GET /v1/me, during the storm', during),
      ],
    },
    verdicts: [
      verdict('p99 of GET /v1/me during the storm ÷ idle', p99During / p99Idle, MOST_RATIO, ''),
      verdict('the slowest refusal', slowest(refused), MOST_REFUSAL_MS, ' ms'),
      verdict('sign-ins that hung or failed otherwise', odd, 0, ''),
      verdict('reads that failed', unread, 0, ''),
    ],
    notes: [
      `sign-ins by status: ${JSON.stringify(countByStatus(logins))}; ${PEOPLE} people, right passwords`,
      `load of others meanwhile: ${(otherLoad * 100).toFixed(1)} %`,
      'each call is timed from when it was due; server on one core, the rest on the other',
    ],
    data: {
      logins: countByStatus(logins),
      reads: countByStatus([...idle, ...during]),
      p99IdleMs: p99Idle,
      p99DuringMs: p99During,
      slowestRefusalMs: slowest(refused),
      slowestMs: slowest(logins),
    },
  };
}

function toRow(name: string, calls: readonly Call[]): string[] {
  const times = [percentile(calls, 50), percentile(calls, 99), slowest(calls)];
  return [name, String(calls.length), ...times.map((time) => time.toFixed(1))];
}
