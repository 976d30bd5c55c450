import fc from 'fast-check';
import type { QuietHours } from './quiet-hours';

const MINUTE_MS = 60_000;

export interface Wishes {
  readonly optedOut: readonly string[];
  readonly quietHours: QuietHours | null;
}

export interface Person {
  readonly wishes: Wishes;
  readonly devices: number;
  readonly locale: string | null;
}

export interface Sending {
  readonly at: Date;
  readonly category: string;
  readonly respectQuietHours: boolean;
  readonly silent: boolean;
  readonly dryRun: boolean;
  readonly ttlSeconds: number;
  readonly sendAt: Date | undefined;
  /** Indexes of people; nobody named is everybody. */
  readonly to: readonly number[];
  readonly locales: readonly string[];
}

export interface Cap {
  readonly count: number;
  readonly windowSeconds: number;
}

export interface Change {
  readonly at: Date;
  readonly person: number;
  readonly wishes: Wishes;
}

/** People with wishes, what is sent to them, and when they change their minds, on days around a change of the clock. */
export interface Scenario {
  readonly people: readonly Person[];
  readonly caps: Readonly<Record<string, Cap>>;
  readonly sendings: readonly Sending[];
  readonly changes: readonly Change[];
}

/** In the past, where every release of the zones' rules says the same. */
const DAYS = [
  ['2024-03-31T01:00:00Z', 'Europe/Berlin'],
  ['2024-10-27T01:00:00Z', 'Europe/London'],
  ['2024-03-10T05:00:00Z', 'America/Havana'],
  ['2024-11-03T06:00:00Z', 'America/New_York'],
  ['2024-04-06T15:00:00Z', 'Australia/Lord_Howe'],
  ['2024-10-05T15:30:00Z', 'Australia/Lord_Howe'],
  ['2024-06-15T12:00:00Z', 'Asia/Kolkata'],
] as const;
const CATEGORIES = ['general', 'news', 'promo', 'security'];

const time = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.constantFrom(0, 15, 30, 45))
  .map((parts) => parts.map((part) => String(part).padStart(2, '0')).join(':'));
const night = fc.tuple(
  fc.constantFrom('21:00', '22:30', '23:45'),
  fc.constantFrom('01:30', '02:30', '07:00'),
);

const wishesIn = (zone: string): fc.Arbitrary<Wishes> =>
  fc.record({
    optedOut: fc.subarray(['news', 'promo']),
    quietHours: fc.option(
      fc
        .tuple(fc.oneof(night, fc.tuple(time, time)), fc.constantFrom(zone, zone, 'Asia/Tokyo'))
        .map(([[start, end], timezone]) => ({ start, end, timezone })),
      { freq: 4 },
    ),
  });

const peopleIn = (zone: string) =>
  fc.array(
    fc.record({
      wishes: wishesIn(zone),
      devices: fc.integer({ min: 1, max: 2 }),
      locale: fc.constantFrom(null, 'pt-BR', 'pt', 'de-AT', 'en', 'zh-Hant-TW'),
    }),
    { minLength: 2, maxLength: 5 },
  );

const cap = fc.record({
  count: fc.integer({ min: 1, max: 2 }),
  windowSeconds: fc.constantFrom(60, 3_600, 36_000, 172_800),
});

/** Up to a day from the start, on the quarter: that things happen at once is likely. */
const quarters = fc.integer({ min: 0, max: 96 }).map((n) => n * 15 * MINUTE_MS);
const rarely = fc.integer({ min: 0, max: 5 }).map((n) => n === 0);

const sendings = (start: number, count: number) =>
  fc.array(
    fc
      .record({
        offset: quarters,
        category: fc.constantFrom(...CATEGORIES),
        respectQuietHours: rarely.map((not) => !not),
        silent: rarely,
        dryRun: rarely,
        ttlSeconds: fc.oneof(fc.integer({ min: 10, max: 7_200 }), fc.integer({ min: 3_600, max: 172_800 })),
        delay: fc.option(quarters, { freq: 2 }),
        to: fc.subarray(Array.from({ length: count }, (_, n) => n)),
        locales: fc.subarray(['pt', 'pt-BR', 'de', 'zh-Hant']),
      })
      .map(({ offset, delay, ...sending }) => ({
        ...sending,
        at: new Date(start + offset),
        sendAt: delay === null ? undefined : new Date(start + offset + delay),
      })),
    { minLength: 4, maxLength: 10 },
  );

const changes = (start: number, zone: string, count: number) =>
  fc.array(
    fc.record({
      at: quarters.map((offset) => new Date(start + offset)),
      person: fc.integer({ min: 0, max: count - 1 }),
      wishes: wishesIn(zone),
    }),
    { maxLength: 5 },
  );

export const anyScenario: fc.Arbitrary<Scenario> = fc
  .tuple(fc.constantFrom(...DAYS), fc.integer({ min: 1, max: 20 }))
  .chain(([[day, zone], hoursBefore]) => {
    const start = Date.parse(day) - hoursBefore * 60 * MINUTE_MS;
    return peopleIn(zone).chain((people) =>
      fc.record({
        people: fc.constant(people),
        caps: fc.record({ news: cap, promo: cap }, { requiredKeys: [] }),
        sendings: sendings(start, people.length),
        changes: changes(start, zone, people.length),
      }),
    );
  });

const ANYTIME: Wishes = { optedOut: [], quietHours: null };
const NOON: Sending = {
  at: new Date('2024-06-15T12:00:00Z'),
  category: 'news',
  respectQuietHours: true,
  silent: false,
  dryRun: false,
  ttlSeconds: 3_600,
  sendAt: undefined,
  to: [],
  locales: [],
};

/** One more than the cap allows, which chance alone makes too seldom. */
export const OVER_THE_CAP: Scenario = {
  people: [{ wishes: ANYTIME, devices: 1, locale: null }],
  caps: { news: { count: 1, windowSeconds: 36_000 } },
  sendings: [NOON, { ...NOON, at: new Date(NOON.at.getTime() + 15 * MINUTE_MS) }],
  changes: [],
};
