import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ROTATIONS } from '../../infra/rotation-table';
import { cronOf, SCHEDULES } from '../../infra/schedule-table';
import { stagePolicy } from '../../infra/stage';
import { SCHEDULES as WORKERS } from '../../src/schedules';
import { lookUp } from '../../tools/infra/cloud.mts';
import { type GraphName, graphOf, STAGES, select } from '../support/infra/graph';
import { ROOT } from '../support/program';

const ALL: readonly GraphName[] = [...STAGES, 'switched'];
const LOOK_UPS = [
  'getRegion',
  'getCallerIdentity',
  'getPartition',
  'getAvailabilityZones',
  'getAmi',
  'getAuthorizationToken',
  'getZone',
  'getPolicyDocument',
];

jest.setTimeout(60_000);

it.each(ALL)('%s synthesises without an account, without an error, with known look-ups only', (name) => {
  const graph = graphOf(name);
  expect(graph.errors).toEqual([]);
  expect(graph.resources.length).toBeGreaterThan(150);
  const made = new Set(graph.calls.map((token) => token.split(':').at(-1)));
  expect([...made].filter((call) => !LOOK_UPS.includes(String(call)))).toEqual([]);
});

it('a look-up that nobody can answer offline is an error', () => {
  expect(() => lookUp('aws:ssm/getParameter:getParameter', {}, 'x')).toThrow('offline');
});

it('there are three stages, and no infrastructure by a slip of the keyboard', () => {
  expect(() => stagePolicy('production')).toThrow('no stage "production"');
  expect(() => stagePolicy('prod', 'cloudfront')).toThrow('no switch');
});

it('the command names a wrong stage and fails', async () => {
  const run = promisify(execFile)(process.execPath, ['tools/infra/synth.mts', '--stage', 'production'], {
    cwd: ROOT,
  });
  await expect(run).rejects.toMatchObject({
    stderr: expect.stringContaining('there is no stage "production"'),
  });
});

describe('each switch', () => {
  const has = (type: string) => ALL.filter((name) => select(graphOf(name), type).length > 0);

  it('cloudFront puts a distribution before the balancer, and the API believes two proxies', () => {
    expect(has('cloudfront/distribution:Distribution')).toEqual(['switched']);
    const web = select(graphOf('switched'), 'TaskDefinition', /^WebTask$/)[0];
    expect(JSON.stringify(web?.inputs)).toContain('{"name":"TRUSTED_PROXY_HOPS","value":"2"}');
    const rule = JSON.stringify(select(graphOf('switched'), 'ListenerRule')[0]?.inputs.conditions);
    expect(rule).toContain('X-Origin-Key');
    const acl = select(graphOf('switched'), 'WebAcl')[0];
    expect(JSON.stringify(acl?.inputs)).toContain('"aggregateKeyType":"FORWARDED_IP"');
  });

  it('flowLogs writes the network’s traffic down', () => {
    expect(has('ec2/flowLog:FlowLog')).toEqual(['switched']);
  });

  it('twoNats gives each zone its own', () => {
    expect(select(graphOf('switched'), 'NatGateway').map(({ inputs }) => inputs.privateIp)).toEqual([
      '10.0.1.10',
      '10.0.4.10',
    ]);
  });

  it('awsBackup copies the archive', () => {
    expect(has('backup/plan:Plan')).toEqual(['switched']);
  });
});

describe('schedules', () => {
  it('are those that the worker runs', () => {
    const theirs = WORKERS.map(({ name, everySeconds, offsetSeconds }) => ({
      name,
      everySeconds,
      offsetSeconds,
    }));
    expect(SCHEDULES).toEqual(theirs);
  });

  it.each(STAGES)('%s sends each tick to the jobs queue, with what its slot is made of', (stage) => {
    const ticks = select(graphOf(stage), 'scheduler/schedule:Schedule', /^Schedule/);
    expect(ticks.map(({ inputs }) => (inputs.target as { input: unknown }).input)).toEqual(
      SCHEDULES.map(({ name }) => ({
        type: 'schedule.tick',
        name,
        scheduledTime: '<aws.scheduler.scheduled-time>',
        executionId: '<aws.scheduler.execution-id>',
      })),
    );
    for (const { inputs } of ticks) {
      expect(inputs.target).toMatchObject({
        arn: `arn:aws:sqs:ap-south-1:123456789012:loopin-${stage}-background-jobs`,
        retryPolicy: { maximumRetryAttempts: 10, maximumEventAgeInSeconds: 3_600 },
        deadLetterConfig: { arn: `arn:aws:sqs:ap-south-1:123456789012:loopin-${stage}-background-jobs-dlq` },
      });
    }
  });

  it.each([
    [60, 0, 'cron(0/1 * * * ? *)'],
    [300, 60, 'cron(1/5 * * * ? *)'],
    [3_600, 420, 'cron(7 0/1 * * ? *)'],
    [86_400, 9_000, 'cron(30 2 * * ? *)'],
  ])('every %d s, %d s later, is %s', (everySeconds, offsetSeconds, expected) => {
    expect(cronOf({ name: 'x', everySeconds, offsetSeconds })).toBe(expected);
  });

  it('a period that cron can’t say is refused', () => {
    expect(() => cronOf({ name: 'x', everySeconds: 7_000, offsetSeconds: 0 })).toThrow('cron');
  });
});

describe('rotation', () => {
  it.each([
    ['signing-keys', 180],
    ['api-keys', 90],
    ['supabase-key', 90],
    ['onesignal-key', 180],
    ['database-user', 90],
    ['database-owner', 90],
    ['encryption-keys', 90],
    ['cache-token', 90],
    ['webhook-secrets', 90],
  ])('%s every %d days at most', (what, days) => {
    expect(ROTATIONS.find((each) => each.what === what)?.days).toBeLessThanOrEqual(days);
  });

  it('every secret has a line, and every line of a person a mail in time', () => {
    const covered = new Set(ROTATIONS.map(({ secret }) => secret));
    for (const secret of [
      'keys',
      'database',
      'database-owner',
      'cache',
      'shared',
      'web',
      'worker',
    ] as const) {
      expect([secret, covered.has(secret)]).toEqual([secret, true]);
    }
    const mails = select(graphOf('prod'), 'scheduler/schedule:Schedule', /^Rotate/).map(({ inputs }) => [
      inputs.name,
      inputs.scheduleExpression,
    ]);
    const people = ROTATIONS.filter(({ method }) => method === 'runbook');
    expect(mails).toEqual(people.map(({ what, days }) => [what, `rate(${days} days)`]));
  });
});
