import type { Network } from './network';
import { PORT } from './stage';

const INTERNET = '0.0.0.0/0';
const HTTPS = 443;
const POSTGRES = 5432;
const REDIS = 6379;
const SMTPS = 465;

export type SecurityGroups = ReturnType<typeof createSecurityGroups>;

/**
 * Who may talk to whom. Every line is a rule of its own, so that two groups can name each other.
 * Mail over SMTPS is the one line that the strategy's table does not have: the worker sends it.
 */
export function createSecurityGroups(network: Network) {
  const group = (name: string, description: string) =>
    new aws.ec2.SecurityGroup(`${name}Group`, { vpcId: network.id, description });
  const balancer = group('Balancer', 'Balancer: 443 from the internet');
  const web = group('Web', 'Web tasks: 8000 from the balancer');
  const worker = group('Worker', 'Worker tasks: 8000 from the balancer for health checks');
  const cache = group('Cache', 'Cache: 6379 from tasks');
  const tasks = group('Task', 'Scheduled tasks: nothing comes in');

  allowIn('BalancerFromInternet', balancer, HTTPS, { cidrIpv4: INTERNET });
  allowOut('BalancerToWeb', balancer, PORT, { referencedSecurityGroupId: web.id });
  for (const [name, service] of Object.entries({ Web: web, Worker: worker })) {
    allowIn(`${name}FromBalancer`, service, PORT, { referencedSecurityGroupId: balancer.id });
    allowOut(`${name}ToDatabase`, service, POSTGRES, { cidrIpv4: INTERNET });
    allowOut(`${name}ToCache`, service, REDIS, { referencedSecurityGroupId: cache.id });
    allowOut(`${name}ToInternet`, service, HTTPS, { cidrIpv4: INTERNET });
    allowIn(`CacheFrom${name}`, cache, REDIS, { referencedSecurityGroupId: service.id });
  }
  allowOut('WorkerToMail', worker, SMTPS, { cidrIpv4: INTERNET });
  allowOut('TaskToDatabase', tasks, POSTGRES, { cidrIpv4: INTERNET });
  allowOut('TaskToInternet', tasks, HTTPS, { cidrIpv4: INTERNET });
  return { balancer, web, worker, cache, tasks };
}

type Peer = { cidrIpv4: string } | { referencedSecurityGroupId: $util.Input<string> };

function allowIn(name: string, group: aws.ec2.SecurityGroup, port: number, from: Peer): void {
  new aws.vpc.SecurityGroupIngressRule(name, ruleOf(name, group, port, from));
}

function allowOut(name: string, group: aws.ec2.SecurityGroup, port: number, to: Peer): void {
  new aws.vpc.SecurityGroupEgressRule(name, ruleOf(name, group, port, to));
}

function ruleOf(name: string, group: aws.ec2.SecurityGroup, port: number, peer: Peer) {
  const description = name.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
  return { securityGroupId: group.id, ipProtocol: 'tcp', fromPort: port, toPort: port, description, ...peer };
}
