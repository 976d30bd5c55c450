import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { sql } from 'kysely';
import { variantFor } from '../../src/modules/push/fanout/rules';
import type { Database } from '../../src/platform/database/database';
import { secondsAfter } from '../../src/shared/clock';
import type { UserId } from '../../src/shared/ids';
import { PushDriver } from '../support/push-driver';
import { PushModel, type Verdict, verdictOf } from '../support/push-model';
import { anyScenario, OVER_THE_CAP, type Scenario, type Sending } from '../support/push-scenario';
import { scaled } from '../support/scale';
import { Services } from '../support/services';

jest.setTimeout(300_000);

const RUNS = scaled(15, 40);
const VERDICTS: readonly Verdict[] = ['sent', 'held', 'opted_out', 'frequency_cap', 'quiet_hours', 'dry_run'];

describe('what is sent, held and spared', () => {
  let services: Services;
  let driver: PushDriver;
  let database: Database;
  const met = new Set<Verdict>();

  beforeAll(async () => {
    Logger.overrideLogger(false);
    services = await Services.start();
    driver = new PushDriver(services);
    database = services.database();
  });
  afterAll(() => services.stop());

  it('is what the rules say, whatever people want and whatever the clocks do', async () => {
    await fc.assert(
      fc.asyncProperty(anyScenario, async (scenario) => {
        expect(await findingsOf(scenario)).toEqual([]);
      }),
      { numRuns: RUNS, examples: [[OVER_THE_CAP]], endOnFailure: true },
    );
    // what never happened was not tried
    expect([...met].sort()).toEqual(VERDICTS.toSorted());
  });

  it.each([
    ['pt-BR', ['pt', 'pt-BR', 'en'], 'pt-BR'],
    ['pt-br', ['PT-BR'], 'PT-BR'],
    ['pt-BR', ['pt', 'en'], 'pt'],
    ['pt-BR', ['PT', 'en'], 'PT'],
    ['pt-BR', ['pt-PT', 'en'], ''],
    ['pt', ['pt-BR'], ''],
    ['zh-Hant-TW', ['zh', 'zh-Hant', 'zh-TW'], 'zh-Hant'],
    ['zh-Hant-TW', ['zh'], 'zh'],
    ['ptx', ['pt'], ''],
    ['de', [], ''],
    [null, ['de'], ''],
  ])('speaks to a phone of %s, among %j, in %j', async (locale, variants, variant) => {
    const select = sql`select ${variantFor(sql`${locale}::text`, variants)} as variant`;
    expect((await select.execute(database.tables())).rows).toEqual([{ variant }]);
  });

  /** Plays it from moment to moment, with the model beside it. */
  async function findingsOf(scenario: Scenario): Promise<string[]> {
    const { people, caps, sendings, changes } = scenario;
    const model = new PushModel(caps);
    await driver.clear();
    for (const [name, cap] of Object.entries(caps)) await driver.cap(name, cap);
    const users: UserId[] = [];
    for (const person of people) {
      const user = await driver.add(person);
      users.push(user);
      model.wish(user, person.wishes);
    }
    const events = [...sendings, ...changes].map(({ at }) => at.getTime());
    let now: Date | undefined = new Date(Math.min(...events));
    while (now !== undefined) {
      const at: Date = now;
      driver.setClock(at);
      for (const { person, wishes } of changes.filter((one) => one.at.getTime() === at.getTime())) {
        const user = users[person];
        if (user === undefined) continue;
        await driver.wish(user, wishes);
        model.wish(user, wishes);
      }
      for (const sending of sendings.filter((one) => one.at.getTime() === at.getTime()))
        await send(model, scenario, users, sending);
      await driver.work();
      const rows = await driver.rows();
      for (const row of rows) met.add(verdictOf(row));
      const findings = model.check(at, rows);
      if (findings.length > 0) return findings;
      const ahead = [...events.filter((time) => time > at.getTime()), model.next(at)?.getTime() ?? Infinity];
      const next = Math.min(...ahead);
      now = next === Infinity ? undefined : new Date(next);
    }
    return [];
  }

  async function send(
    model: PushModel,
    { people }: Scenario,
    users: readonly UserId[],
    sending: Sending,
  ): Promise<void> {
    const named = sending.to.flatMap((index) => users[index] ?? []);
    const notification = await driver.send(sending, named);
    const { at, sendAt = at, ttlSeconds } = sending;
    for (const [index, user] of users.entries()) {
      const person = people[index];
      if (person === undefined || (named.length > 0 && !named.includes(user))) continue;
      const expires = secondsAfter(sendAt, ttlSeconds);
      model.add({ notification, user, person, sending, due: sendAt, expires });
    }
  }
});
