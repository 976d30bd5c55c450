import type { Graph, Resource } from './graph.mts';

/** Who talks to whom, by the security groups; and what else there is, by kind. */
export function drawing(graph: Graph): string {
  const of = (type: string) => graph.resources.filter((each) => each.type === `aws:${type}`);
  return `# The infrastructure

Drawn by \`npm run infra:diagram\` from the resource graph of prod: do not edit. How it comes to life:
[deploy.md](deploy.md).

\`\`\`mermaid
flowchart LR
  internet((internet)) -->|443| firewall{{firewall}} --> balancer[balancer<br/>TLS 1.3]
${talks(of('vpc/securityGroupEgressRule:SecurityGroupEgressRule')).join('\n')}
  clock[EventBridge<br/>${count(of('scheduler/schedule:Schedule').filter(isTick))} schedules] -->|schedule.tick| jobs
${queues(of('sqs/queue:Queue')).join('\n')}
  nat[NAT<br/>${of('ec2/natGateway:NatGateway').map(({ inputs }) => inputs.privateIp)}] --> internet
  logs[(logs, 30 days)] -->|Firehose| archive[(archive<br/>7 years)]
  web --> logs
  worker --> logs
  worker -->|old months| archive
  backup[backup<br/>every night] -->|dump| vault[(${of('s3/bucket:Bucket')
    .map(({ inputs }) => inputs.region)
    .filter(Boolean)}<br/>7 years)]
\`\`\`

| what | how many |
|---|---|
${kinds(graph).join('\n')}
`;
}

const NAMES: Readonly<Record<string, string>> = {
  BalancerGroup: 'balancer',
  WebGroup: 'web',
  WorkerGroup: 'worker',
  CacheGroup: 'cache',
  TaskGroup: 'backup',
};

function talks(rules: readonly Resource[]): string[] {
  return rules
    .map(({ inputs }) => {
      const name = (id: unknown) => NAMES[String(id).replace(/-id$/, '')] ?? 'nat';
      return `  ${name(inputs.securityGroupId)} -->|${inputs.fromPort}| ${name(inputs.referencedSecurityGroupId)}`;
    })
    .sort();
}

function queues(all: readonly Resource[]): string[] {
  const names = all.map(({ inputs }) => String(inputs.name)).filter((name) => !name.endsWith('-dlq'));
  return names.sort().flatMap((name) => {
    const id = name.includes('background') ? 'jobs' : name.includes('push') ? 'push' : 'events';
    return [`  web --> ${id}[[${name}]] --> worker`, `  ${id} -.->|after 5| ${id}dead[[${name}-dlq]]`];
  });
}

function isTick({ name }: Resource): boolean {
  return name.startsWith('Schedule');
}

function count(resources: readonly Resource[]): number {
  return resources.length;
}

/** AWS's own resources, by type. */
function kinds({ resources }: Graph): string[] {
  const types = Map.groupBy(
    resources.filter(({ type }) => type.startsWith('aws:')),
    ({ type }) => type.replace(/^aws:(\w+)\/.*:(\w+)$/, '$1 $2'),
  );
  return [...types]
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([type, all]) => `| ${type} | ${all.length} |`);
}
