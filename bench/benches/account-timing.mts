import { randomUUID } from 'node:crypto';
import { type Call, Caller, post } from '../harness/caller.mts';
import type { PlannedRequest } from '../harness/load-messages.mts';
import { percentile } from '../harness/paced.mts';
import type { Report } from '../harness/report.mts';
import type { TestBed } from '../harness/test-bed.mts';
import { appSpec } from './app.mts';
import { preparePhones } from './prepared-phones.mts';

/** Each address is asked for four times: a fifth failure would lock it, and a locked one is not hashed for. */
const ADDRESSES = 50;
const CALLS = 200;
const WARM_UP = 20;
const MOST_DIFFERENCE_PERCENT = 10;
const PASSWORD = 'mJ4#vq9Lw!zT';

interface Question {
  readonly name: string;
  readonly status: number;
  readonly ask: (email: string) => PlannedRequest;
}

interface Answered {
  readonly question: Question;
  readonly known: readonly Call[];
  readonly unknown: readonly Call[];
}

const QUESTIONS: readonly Question[] = [
  {
    name: 'login',
    status: 401,
    ask: (email) => {
      const device = { deviceId: randomUUID(), platform: 'ios', appVersion: '2.3.1' };
      return post('/v1/auth/login', { email, password: PASSWORD, device });
    },
  },
  { name: 'forgot', status: 202, ask: (email) => post('/v1/auth/password/forgot', { email }) },
  {
    name: 'register',
    status: 202,
    ask: (email) => post('/v1/auth/register', { email, password: PASSWORD }),
  },
];

/** Whether the time an answer takes tells that an address has an account. */
export const accountTiming = {
  line: 'login, forgot and register for addresses with and without an account: mean times',
  run: async (bed: TestBed): Promise<Report> => {
    const stack = await bed.services();
    const web = bed.server(appSpec(stack, 'web', { logs: 'pipe' }));
    await web.listening();
    const known = (await preparePhones(bed, stack, ADDRESSES)).map(({ email }) => email);
    const caller = new Caller(web.origin, 1);
    const answered: Answered[] = [];
    for (const question of QUESTIONS) {
      bed.say(`${question.name}: ${CALLS} calls each, in turns`);
      answered.push(await ask(caller, question, known));
    }
    await caller.close();
    return report(answered);
  },
};

async function ask(caller: Caller, question: Question, known: readonly string[]): Promise<Answered> {
  const unknown = known.map(() => `${randomUUID()}@example.com`);
  const calls = { known: [] as Call[], unknown: [] as Call[] };
  for (let index = 0; index < WARM_UP; index += 1) {
    await expected(caller, question, `${randomUUID()}@example.com`);
  }
  for (let index = 0; index < CALLS; index += 1) {
    // whoever comes second may find something warm: they take turns at that too
    for (const kind of index % 2 === 0 ? (['known', 'unknown'] as const) : (['unknown', 'known'] as const)) {
      const addresses = kind === 'known' ? known : unknown;
      calls[kind].push(await expected(caller, question, addresses[index % addresses.length] ?? ''));
    }
  }
  return { question, ...calls };
}

async function expected(caller: Caller, { name, status, ask }: Question, email: string): Promise<Call> {
  const answer = await caller.call(ask(email));
  if (answer.status === status) return answer;
  throw new Error(`${name} says ${answer.status} ${answer.body}`);
}

function report(answered: readonly Answered[]): Report {
  return {
    bench: 'account-timing',
    title: `Addresses with and without an account, ${CALLS} calls each`,
    table: {
      head: ['', 'known: mean ms', 'median', 'unknown: mean ms', 'median', 'larger ÷ smaller mean'],
      rows: answered.map(({ question, known, unknown }) => [
        question.name,
        ...[mean(known), percentile(known, 50), mean(unknown), percentile(unknown, 50)].map((time) =>
          time.toFixed(2),
        ),
        ratio(known, unknown).toFixed(3),
      ]),
    },
    verdicts: answered.map(({ question, known, unknown }) => ({
      what: `${question.name}: difference of the means`,
      value: (ratio(known, unknown) - 1) * 100,
      most: MOST_DIFFERENCE_PERCENT,
      unit: ' %',
      slack: false,
    })),
    notes: [
      ...answered.map(toCertainty),
      'one call at a time, known and unknown in turns; wrong passwords for login, the same good one for register',
    ],
    data: answered.map(({ question, known, unknown }) => ({
      question: question.name,
      knownMs: known.map(({ milliseconds }) => milliseconds),
      unknownMs: unknown.map(({ milliseconds }) => milliseconds),
    })),
  };
}

const mean = (calls: readonly Call[]): number =>
  calls.reduce((sum, { milliseconds }) => sum + milliseconds, 0) / calls.length;

/** What two runs may differ by, so that noise is not taken for a finding. */
function toCertainty({ question, known, unknown }: Answered): string {
  const differences = known.map((call, index) => (unknown[index]?.milliseconds ?? 0) - call.milliseconds);
  const middle = differences.reduce((sum, one) => sum + one, 0) / differences.length;
  const variance = differences.reduce((sum, one) => sum + (one - middle) ** 2, 0) / differences.length;
  const error = Math.sqrt(variance / differences.length);
  return `${question.name}: unknown − known is ${middle.toFixed(2)} ± ${error.toFixed(2)} ms (standard error)`;
}

function ratio(one: readonly Call[], other: readonly Call[]): number {
  const means = [mean(one), mean(other)];
  return Math.max(...means) / Math.min(...means);
}
