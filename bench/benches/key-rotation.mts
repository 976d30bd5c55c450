import { rmSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { LocalStack } from '../../tools/local/client.mts';
import { type Call, Caller, post, readAs } from '../harness/caller.mts';
import { countByStatus, percentile, slowest } from '../harness/paced.mts';
import type { Report } from '../harness/report.mts';
import type { TestBed } from '../harness/test-bed.mts';
import { appSpec } from './app.mts';
import { operatorsCommand } from './operators-command.mts';
import { preparePhones } from './prepared-phones.mts';
import type { SignedInPhone } from './signed-in-phones.mts';

const PHONES = 8;
/** Each phone refreshes once in so many calls, and reads in between. */
const REFRESH_EVERY = 5;
const BETWEEN_CALLS_MS = 10;
/** Load before and after each step. */
const AROUND_MS = 3_000;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

interface Phase {
  readonly name: string;
  readonly calls: readonly Call[];
}
type Key = { readonly kid: string; readonly state: string };

/** A signing key's whole life under load: nobody may notice, until the old key is revoked. */
export const keyRotation = {
  line: 'phones read and refresh while the signing key is replaced: failed requests',
  run: async (bed: TestBed): Promise<Report> => {
    const stack = await bed.services();
    const web = bed.server(appSpec(stack, 'web', { logs: 'pipe' }));
    await web.listening();
    const people = await preparePhones(bed, stack, PHONES);
    const caller = new Caller(web.origin, PHONES);
    const rotation = new Rotation(bed, stack, caller, people);
    const outcome = await rotation.run();
    await caller.close();
    return report(outcome);
  },
};

class Rotation {
  readonly #phones: { accessToken: string; refreshToken: string; readonly deviceId: string }[];
  readonly #phases: Phase[] = [];

  readonly #bed: TestBed;
  readonly #stack: LocalStack;
  readonly #caller: Caller;

  constructor(bed: TestBed, stack: LocalStack, caller: Caller, people: readonly SignedInPhone[]) {
    this.#bed = bed;
    this.#stack = stack;
    this.#caller = caller;
    this.#phones = people.map(({ accessToken, refreshToken, deviceId }) => ({
      ...{ accessToken, refreshToken, deviceId },
    }));
  }

  async run(): Promise<{ phases: readonly Phase[]; tokensOfOldKey: readonly number[] }> {
    await this.#during('a standby is published', () => this.#keys('rotate'));
    await this.#moveTo(DAY_MS + MINUTE_MS);
    const keys = await this.#during('the standby comes into use', () => this.#keys('rotate'));
    const old = keys.find(({ state }) => state === 'previously_used')?.kid ?? '';
    const tokens = this.#phones.map(({ accessToken }) => accessToken);
    await this.#moveTo(DAY_MS + 3 * MINUTE_MS);
    await this.#during('the old key verifies only', async () => undefined);
    const before = await this.#read(tokens);
    await this.#keys('revoke', old, '--now');
    await this.#moveTo(DAY_MS + 5 * MINUTE_MS);
    await this.#during('the old key is revoked', async () => undefined);
    const tokensOfOldKey = [...before, ...(await this.#read(tokens))];
    rmSync(this.#clockFile, { force: true });
    return { phases: this.#phases, tokensOfOldKey };
  }

  async #keys(...args: readonly string[]): Promise<Key[]> {
    const { data } = (await operatorsCommand(this.#stack, 'keys', ...args)) as { data: Key[] };
    return data;
  }

  /** Everybody gets a token of the new time. */
  async #moveTo(milliseconds: number): Promise<void> {
    writeFileSync(this.#clockFile, String(milliseconds));
    for (const index of this.#phones.keys()) {
      const { status, body } = await this.#refresh(index);
      if (status !== 200) throw new Error(`a refresh after the clock was moved says ${status} ${body}`);
    }
  }

  async #during<Result>(name: string, step: () => Promise<Result>): Promise<Result> {
    this.#bed.say(name);
    const calls: Call[] = [];
    let running = true;
    const lanes = [...this.#phones.keys()].map(async (index) => {
      for (let turn = index; running; turn += 1) {
        calls.push(turn % REFRESH_EVERY === 0 ? await this.#refresh(index) : await this.#me(index));
        await delay(BETWEEN_CALLS_MS);
      }
    });
    await delay(AROUND_MS);
    const result = await step();
    await delay(AROUND_MS);
    running = false;
    await Promise.all(lanes);
    this.#phases.push({ name, calls });
    return result;
  }

  #me(index: number): Promise<Call> {
    return this.#caller.call(readAs(this.#phones[index]?.accessToken ?? '', '/v1/me'));
  }

  async #refresh(index: number): Promise<Call> {
    const phone = this.#phones[index];
    if (phone === undefined) throw new Error(`there is no phone ${index}`);
    const { refreshToken, deviceId } = phone;
    const answer = await this.#caller.call(post('/v1/auth/refresh', { refreshToken, deviceId }));
    if (answer.status === 200) Object.assign(phone, JSON.parse(answer.body));
    return answer;
  }

  async #read(tokens: readonly string[]): Promise<number[]> {
    const answers = await Promise.all(tokens.map((token) => this.#caller.call(readAs(token, '/v1/me'))));
    return answers.map(({ status }) => status);
  }

  get #clockFile(): string {
    const file = this.#stack.env.CLOCK_OFFSET_FILE;
    if (file === undefined) throw new Error('the stack has no clock to move');
    return file;
  }
}

function report({ phases, tokensOfOldKey }: Awaited<ReturnType<Rotation['run']>>): Report {
  const all = phases.flatMap(({ calls }) => calls);
  const failed = (calls: readonly Call[]) => calls.filter(({ status }) => status !== 200).length;
  const [goodBefore, goodAfter] = [tokensOfOldKey.slice(0, PHONES), tokensOfOldKey.slice(PHONES)].map(
    (statuses) => statuses.filter((status) => status === 200).length,
  );
  return {
    bench: 'key-rotation',
    title: `A signing key is replaced while ${PHONES} phones read and refresh`,
    table: {
      head: ['', 'requests', 'failed', 'p99 ms', 'longest ms'],
      rows: phases.map(({ name, calls }) => [
        name,
        ...[calls.length, failed(calls)].map(String),
        ...[percentile(calls, 99), slowest(calls)].map((time) => time.toFixed(1)),
      ]),
    },
    verdicts: [
      { what: 'requests that failed', value: failed(all), most: 0, unit: '', slack: false },
      {
        what: 'tokens of the old key that were refused before it was revoked',
        value: PHONES - (goodBefore ?? 0),
        most: 0,
        unit: '',
        slack: false,
      },
      {
        what: 'tokens of the old key that were good after it was revoked',
        value: goodAfter ?? PHONES,
        most: 0,
        unit: '',
        slack: false,
      },
    ],
    notes: [`answers by status: ${JSON.stringify(countByStatus(all))}; the clock is moved between the steps`],
    data: phases.map(({ name, calls }) => ({
      name,
      statuses: countByStatus(calls),
      longestMs: slowest(calls),
    })),
  };
}
