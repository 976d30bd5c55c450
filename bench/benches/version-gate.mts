import { Client } from 'pg';
import type { LocalStack } from '../../tools/local/client.mts';
import { Load } from '../harness/load.mts';
import { Quiet } from '../harness/quiet.mts';
import type { Report } from '../harness/report.mts';
import {
  disturbances,
  type Measurement,
  measureInTurns,
  microsecondsPerRequest,
  toCells,
} from '../harness/rounds.mts';
import type { TestBed } from '../harness/test-bed.mts';
import { appSpec } from './app.mts';
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
    const contenders = [
      { server, requests: as('ios') },
      { server, requests: as('web') },
    ];
    const quiet = new Quiet(bed.cores.count);
    return report(await measureInTurns(contenders, new Load(bed), quiet, (line) => bed.say(line)));
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

function report(measurements: readonly Measurement[]): Report {
  const [gated, free] = measurements;
  if (gated === undefined || free === undefined) throw new Error('nothing was measured');
  const cost = ({ best }: Measurement) => microsecondsPerRequest(best);
  return {
    bench: 'version-gate',
    title: 'A read through the version gate, 50 connections',
    table: {
      head: ['', 'CPU µs a request', 'req/s', 'p50 ms', 'p99 ms', 'RSS MB'],
      rows: [
        ['compared with its floor', ...toCells(gated).slice(1)],
        ['never compared', ...toCells(free).slice(1)],
      ],
    },
    verdicts: [
      {
        what: 'CPU with the gate ÷ without',
        value: cost(gated) / cost(free),
        most: MOST_RATIO,
        unit: '',
        slack: true,
      },
    ],
    notes: [
      'one process, windows of 4 s in turns; the headers are as long either way: ios has a floor, web is exempt',
      ...measurements.flatMap(disturbances),
    ],
    data: measurements.map((one) => ({ ...one, microsecondsPerRequest: cost(one) })),
  };
}
