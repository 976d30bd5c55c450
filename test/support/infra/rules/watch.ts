import { type Graph, select } from '../graph';
import { type Rule, remove, row, rows, rule, set } from '../rule';

/** What must wake people: objective, dead letters, age, errors, latency, CPU, memory, cache, certificate, firewall. */
const WANTED = [
  'slo-api-fast',
  'slo-api-slow',
  'slo-push',
  'slo-jobs',
  'slo-database',
  'webhook-age',
  ...['push', 'webhook', 'jobs'].flatMap((queue) => [`${queue}-dead-letters`, `${queue}-depth`]),
  'web-5xx',
  'balancer-5xx',
  'web-latency',
  'web-unhealthy',
  'worker-errors',
  ...['web', 'worker'].flatMap((service) => [`${service}-cpu`, `${service}-memory`, `${service}-gone`]),
  'cache-memory',
  'cache-cpu',
  'certificate-expiry',
  'firewall-rate',
  'firewall-auth-rate',
  'firewall-sqli',
  'audit-unauthorized',
  'audit-privileges',
  'audit-root',
  'backup-missing',
  'drill-missing',
];
const SCALING = /^Alarm(Web|Worker)(Out|In)/;

/** Everywhere: an alarm without a runbook helps nobody. */
export const WATCH: readonly Rule[] = [
  rule(
    'every alarm names its runbook',
    (graph) =>
      select(graph, 'MetricAlarm')
        .filter(
          ({ inputs }) => !/ Runbook: docs\/runbooks\/[a-z0-9-]+\.md$/.test(String(inputs.alarmDescription)),
        )
        .map(({ name }) => name),
    set('MetricAlarm', /(?:)/, 'alarmDescription', 'something is wrong'),
  ),
];

export const WATCH_OF_PROD: readonly Rule[] = [
  ...WANTED.map((slug) =>
    rule(
      `alarm ${slug} tells people`,
      (graph) => {
        const found = alarm(graph, slug)?.inputs.alarmActions as string[] | undefined;
        return found?.some((arn) => arn.endsWith(':loopin-prod-alerts')) === true ? [] : ['nobody is told'];
      },
      (graph) => Object.assign(alarm(graph, slug)?.inputs ?? {}, { alarmActions: [] }),
      (graph) => Object.assign(alarm(graph, slug)?.inputs ?? {}, { name: 'another' }),
    ),
  ),
  rule(
    'no alarm but these and those of scaling',
    (graph) =>
      select(graph, 'MetricAlarm')
        .filter(
          ({ name, inputs }) =>
            !SCALING.test(name) && !WANTED.includes(String(inputs.name).replace('loopin-prod-', '')),
        )
        .map(({ name }) => name),
    (graph) => Object.assign(alarm(graph, 'web-5xx')?.inputs ?? {}, { name: 'another' }),
  ),
  ...rows(
    'alerts are encrypted by a key that rotates',
    { type: 'sns/topic:Topic' },
    { kmsMasterKeyId: 'arn:aws:kms:ap-south-1:123456789012:key/AlertsKey' },
  ),
  row('the key rotates', { type: 'kms/key:Key' }, 'enableKeyRotation', true),
  rule(
    'budget mails at 150, 200 and 250 dollars',
    (graph) => {
      const [budget] = select(graph, 'Budget');
      const lines = (budget?.inputs.notifications ?? []) as { threshold: number; thresholdType: string }[];
      const given = lines.filter(({ thresholdType }) => thresholdType === 'ABSOLUTE_VALUE');
      return given.map(({ threshold }) => threshold).join() === '150,200,250' ? [] : [JSON.stringify(given)];
    },
    set('Budget', /(?:)/, 'notifications.0.threshold', 1_500),
    set('Budget', /(?:)/, 'notifications.1.thresholdType', 'PERCENTAGE'),
  ),
  ...rows(
    'the trail',
    { type: 'Trail' },
    {
      isMultiRegionTrail: true,
      enableLogFileValidation: true,
      includeGlobalServiceEvents: true,
      s3KeyPrefix: 'trail',
    },
  ),
  rule(
    'a dashboard',
    (graph) => (select(graph, 'Dashboard').length === 1 ? [] : ['none']),
    remove('Dashboard'),
  ),
  rule(
    'surprising costs are told',
    (graph) => (select(graph, 'AnomalySubscription').length === 1 ? [] : ['not']),
    remove('AnomalySubscription'),
  ),
];

function alarm(graph: Graph, slug: string) {
  const name = `loopin-${graph.app.stage}-${slug}`;
  return select(graph, 'MetricAlarm').find(({ inputs }) => inputs.name === name);
}
