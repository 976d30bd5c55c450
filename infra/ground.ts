import type { Bucket } from './bucket';
import { PROBE } from './container';
import { type Container, settingsOf } from './environment';
import type { ServiceImage } from './image';
import { logGroupOf, named } from './names';
import type { Network } from './network';
import type { Queues } from './queues';
import { secretVariables } from './roles';
import type { Secrets } from './secrets';
import type { SecurityGroups } from './security-groups';
import type { Settings } from './settings';
import type { StagePolicy } from './stage';

/** What every service and task stands on. */
export interface Ground {
  readonly policy: StagePolicy;
  readonly network: Network;
  readonly groups: SecurityGroups;
  readonly queues: Queues;
  readonly secrets: Secrets;
  readonly image: ServiceImage;
  readonly settings: Settings;
  readonly cluster: sst.aws.Cluster;
  readonly archive: Bucket;
}

/** The smallest Fargate size, on Graviton. */
export const SIZE = { architecture: 'arm64', cpu: '0.25 vCPU', memory: '0.5 GB' } as const;

/** A container of our image: its environment, its secrets, its log. */
export function container(name: Container, { image, settings, secrets }: Ground) {
  return {
    name,
    image: image.uri,
    environment: { ...settingsOf(name, settings), ...(isService(name) ? { APP_MODE: name } : {}) },
    ssm: secretVariables(name, secrets),
    logging: { name: logGroupOf(name), retention: '1 month' as const },
  };
}

/** ECS replaces a task that fails it, so it asks nobody else: an outage of a dependency must not restart every task. */
export function health() {
  return {
    command: PROBE,
    interval: '15 seconds' as const,
    timeout: '5 seconds' as const,
    retries: 3,
    startPeriod: '60 seconds' as const,
  };
}

/** Where its tasks run: in prod never on capacity that AWS may take back. */
export function capacityOf({ spot }: StagePolicy) {
  return { capacity: spot ? { spot: { weight: 1 } } : { fargate: { weight: 1, base: 1 } } };
}

/** What both services have in common beside the container. */
export function settled(name: 'web' | 'worker', { groups }: Ground, args: aws.ecs.ServiceArgs): void {
  Object.assign(args, {
    name: named(name),
    enableExecuteCommand: false,
    propagateTags: 'SERVICE',
    enableEcsManagedTags: true,
    networkConfiguration: $util.output(args.networkConfiguration).apply((network) => ({
      ...network,
      securityGroups: [groups[name].id],
      assignPublicIp: false,
    })),
  });
}

/** Scaling owns the number of tasks: a deployment must not set it back. */
export function scaled(options: { ignoreChanges?: string[] }): void {
  options.ignoreChanges = [...(options.ignoreChanges ?? []), 'desiredCount'];
}

function isService(name: Container): boolean {
  return name === 'web' || name === 'worker';
}
