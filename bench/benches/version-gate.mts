import { Client } from 'pg';
import type { LocalStack } from '../../tools/local/client.mts';
import { Load } from '../harness/load.mts';
import { type Comparison, compareInPairs } from '../harness/pairs.mts';
import type { Report } from '../harness/report.mts';
import type { TestBed } from '../harness/test-bed.mts';
import { appSpec } from './app.mts';
import { gateAlone } from './gate-alone.mts';
import { preparePhones } from './prepared-phones.mts';
import type { SignedInPhone } from './signed-in-phones.mts';

const PHONES = 20;
const MOST_RATIO = 1.02;
const STORE = 'https://apps.example.com/loopin';
/** Both platforms have a floor, and maintenance is announced for some day. */
const CONFIG = {
  platforms: {
    ios: { minimumVersion: '2.0.0', storeUrl: STORE },
    android: { minimumVersion: '2.0.0', storeUrl: STORE },
  },
  flags: {},
  maintenance: { startsAt: '2099-01-01T00:00:00.000Z', endsAt: '2099-01-02T00:00:00.000Z' },
};

/** The same read by a platform that is compared with its floor, and by one that never is. */
export const versionGate = {
  line: 'GET /v1/devices/{id} by a version that is compared with a floor, beside one that is not',
  run: async (bed: TestBed): Promise<Report> => {
    const stack = await bed.services();
    await announce(stack);
    const server = bed.server(appSpec(stack, 'web', { logs: 'pipe' }));
    await server.listening();
    const phones = await preparePhones(bed, stack, PHONES);
    const as = (platform: string) => phones.map((phone) => toRequest(phone, platform));
    const kinds = [as('ios'), as('web')] as const;
    const alone = gateAlone(
      CONFIG,
      kinds[0].map(({ headers }) => headers),
    );
    return report(await compareInPairs(server, kinds, new Load(bed), (line) => bed.say(line)), alone);
  },
};

async function announce(stack: LocalStack): Promise<void> {
  const client = new Client({ connectionString: stack.env.DATABASE_URL });
  await client.connect();
  try {
    await client.query(
      "insert into loopin.app_configs (version, config, changed_by, changed_at) values (1, $1, 'operator', now())",
      [JSON.stringify(CONFIG)],
    );
  } finally {
    await client.end();
  }
}

const toRequest = ({ deviceId, accessToken }: SignedInPhone, platform: string) => ({
  method: 'GET' as const,
  path: `/v1/devices/${deviceId}`,
  headers: {
    authorization: `Bearer ${accessToken}`,
    'x-app-version': '2.3.1',
    'x-app-platform': platform,
  },
});

function report({ ratio, margin, pairs, microseconds: [gated, free] }: Comparison, alone: number): Report {
  return {
    bench: 'version-gate',
    title: 'A read through the version gate, 50 connections',
    table: {
      head: ['', 'CPU µs a request'],
      rows: [
        ['compared with its floor', gated.toFixed(1)],
        ['never compared', free.toFixed(1)],
        ['the gate alone, maintenance and floor', alone.toFixed(2)],
      ],
    },
    verdicts: [
      // a margin as wide as what is asked for would let anything pass
      ...(margin < MOST_RATIO - 1 ? [verdict('CPU with the comparison ÷ without, medians', ratio)] : []),
      verdict('CPU of a request ÷ the same without the whole gate', gated / (gated - alone)),
    ],
    notes: [
      `one process, ${pairs} pairs of windows of 0.25 s in turns: with the comparison ÷ without ${ratio.toFixed(3)}, ` +
        `sure to ± ${(margin * 100).toFixed(1)} %; above 2 % the machine is too busy to tell`,
      'the headers are as long either way: ios has a floor, web is exempt; the gate alone is called in a loop',
    ],
    data: { ratio, margin, pairs, gated, free, alone },
  };
}

const verdict = (what: string, value: number) => ({ what, value, most: MOST_RATIO, unit: '', slack: false });
