import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { isQuiet, type QuietHours, quietUntil } from '../support/quiet-hours';
import { Services } from '../support/services';

jest.setTimeout(120_000);

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const CASES_A_CALL = 400;
const SINCE = Date.parse('2007-01-01T00:00:00Z');
/** What was is the same in every release of the zones' rules; what comes is not. */
const UNTIL = Date.parse('2025-01-01T00:00:00Z');

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'Europe/London',
  'Europe/Dublin',
  'America/New_York',
  'America/Los_Angeles',
  // changes at midnight: a day begins at one o'clock
  'America/Havana',
  'Asia/Beirut',
  'America/Sao_Paulo',
  // the south
  'Australia/Sydney',
  'Pacific/Auckland',
  'America/Santiago',
  // half an hour, and less
  'Australia/Lord_Howe',
  'Australia/Adelaide',
  'America/St_Johns',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Pacific/Chatham',
  // none
  'Asia/Tokyo',
  'America/Phoenix',
  // odd ones: two hours, a month of it, a day that never was
  'Antarctica/Troll',
  'Africa/Casablanca',
  'Pacific/Apia',
  'Pacific/Kiritimati',
];

interface Case extends QuietHours {
  readonly at: Date;
}

const time = fc
  .integer({ min: 0, max: 24 * 60 - 1 })
  .map((minutes) =>
    [Math.floor(minutes / 60), minutes % 60].map((n) => String(n).padStart(2, '0')).join(':'),
  );

const anyInstant = fc.integer({ min: SINCE, max: UNTIL });

/** Up to a day and a half from a change of the clock, where there is one. */
const nearChange = (zone: string) =>
  fc.tuple(anyInstant, fc.integer({ min: -1.5 * DAY_MS, max: 1.5 * DAY_MS })).map(([from, distance]) => {
    const start = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(zone);
    return (start.getTimeZoneTransition('next')?.epochMilliseconds ?? from) + distance;
  });

const anyCase: fc.Arbitrary<Case> = fc.constantFrom(...ZONES).chain((timezone) =>
  fc.record({
    timezone: fc.constant(timezone),
    start: time,
    end: time,
    at: fc.oneof(anyInstant, nearChange(timezone), nearChange(timezone)).map((ms) => new Date(ms)),
  }),
);

describe('quiet hours', () => {
  let services: Services;

  beforeAll(async () => {
    services = await Services.start();
  });
  afterAll(() => services.stop());

  async function ask(cases: readonly Case[]): Promise<(Date | null)[]> {
    const rows = await services.sql<{ until: Date | null }>(
      `select loopin.quiet_until(
          ($1::timestamptz[])[n], ($2::time[])[n], ($3::time[])[n], ($4::text[])[n]
        ) as until
        from generate_series(1, cardinality($1::timestamptz[])) n
        order by n`,
      [
        cases.map(({ at }) => at.toISOString()),
        cases.map(({ start }) => start),
        cases.map(({ end }) => end),
        cases.map(({ timezone }) => timezone),
      ],
    );
    return rows.map(({ until }) => until);
  }

  const askOne = async (at: string, quiet: QuietHours) =>
    (await ask([{ at: new Date(at), ...quiet }]))[0]?.toISOString() ?? null;

  it('end when a reference says so, in every zone, on the days of a change too', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyCase, { minLength: CASES_A_CALL, maxLength: CASES_A_CALL }),
        async (cases) => {
          const answers = (await ask(cases)).map((until) => until?.toISOString() ?? null);
          const expected = cases.map((one) => quietUntil(one.at, one)?.toISOString() ?? null);
          const wrong = cases
            .map((one, n) => ({ ...one, answer: answers[n], expected: expected[n] }))
            .filter(({ answer, expected: right }) => answer !== right);
          expect(wrong).toEqual([]);
        },
      ),
      { numRuns: 25, endOnFailure: true },
    );
  });

  it('hold at every instant before their end, and not at it', async () => {
    const cases = fc.sample(anyCase, CASES_A_CALL);
    const answers = await ask(cases);
    for (const [n, one] of cases.entries()) {
      const until = answers[n] ?? null;
      expect(isQuiet(one.at, one)).toBe(until !== null);
      if (until === null) continue;
      expect(isQuiet(until, one)).toBe(false);
      const length = until.getTime() - one.at.getTime();
      for (const part of [0.25, 0.5, 0.75, 0.99])
        expect(isQuiet(new Date(one.at.getTime() + length * part), one)).toBe(true);
      expect(isQuiet(new Date(until.getTime() - 1), one)).toBe(true);
    }
  });

  const night = { start: '22:00', end: '07:00', timezone: 'Europe/Berlin' };

  it.each([
    ['a night', '2026-11-10T22:30:00Z', night, '2026-11-11T06:00:00.000Z'],
    ['the evening before them', '2026-11-10T20:59:59Z', night, null],
    ['their last moment', '2026-11-11T05:59:59.999Z', night, '2026-11-11T06:00:00.000Z'],
    ['their end', '2026-11-11T06:00:00Z', night, null],
    ['the shortest night of the year', '2026-03-28T21:00:00Z', night, '2026-03-29T05:00:00.000Z'],
    ['the longest night of the year', '2026-10-24T20:00:00Z', night, '2026-10-25T06:00:00.000Z'],
    [
      'an end that the clock skips',
      '2026-03-29T00:30:00Z',
      { ...night, end: '02:30' },
      '2026-03-29T01:00:00.000Z',
    ],
    [
      'a start that comes twice',
      '2026-10-25T00:45:00Z',
      { ...night, start: '02:30' },
      '2026-10-25T01:00:00.000Z',
    ],
    ['no quiet hours', '2026-11-10T22:30:00Z', { ...night, end: '22:00' }, null],
  ])('know %s', async (_, at, quiet, until) => {
    expect(await askOne(at, quiet)).toBe(until);
  });

  it('are none where a part is missing', async () => {
    const rows = await services.sql(
      "select loopin.quiet_until(now(), null, '07:00', 'UTC') as a, loopin.quiet_until(now(), '00:00', '07:00', null) as b",
    );
    expect(rows).toEqual([{ a: null, b: null }]);
  });

  it('do not depend on the zone of the connection', async () => {
    const [row] = await services.sql(
      `select loopin.quiet_until('2026-03-28T23:30:00Z', '00:29', '00:30', 'UTC') as until
        from (select set_config('TimeZone', 'Europe/Berlin', true) as berlin) zone
        where zone.berlin is not null`,
    );
    expect(row).toEqual({ until: null });
    const [day] = await services.sql<{ until: Date }>(
      `select loopin.quiet_until('2026-03-28T12:00:00Z', '12:00', '11:59', 'UTC') as until
        from (select set_config('TimeZone', 'Europe/Berlin', true) as berlin) zone
        where zone.berlin is not null`,
    );
    expect(day?.until.toISOString()).toBe('2026-03-29T11:59:00.000Z');
  });

  it('can be asked for by the services, and nobody else', async () => {
    const [row] = await services.sql(
      `select has_function_privilege('loopin_app', f, 'execute') as app, has_function_privilege('anon', f, 'execute') as anon
        from (select 'loopin.quiet_until(timestamptz, time, time, text)'::regprocedure as f) functions`,
    );
    expect(row).toEqual({ app: true, anon: false });
  });
});
