import { named } from './names';
import type { Network } from './network';
import type { SecurityGroups } from './security-groups';
import type { StagePolicy } from './stage';

/** The cluster of all tasks, in the private subnets. */
export function createCluster(
  policy: StagePolicy,
  network: Network,
  groups: SecurityGroups,
): sst.aws.Cluster {
  const insights = policy.containerInsights ? 'enabled' : 'disabled';
  return new sst.aws.Cluster('Cluster', {
    // the Vpc object itself would put tasks into the public subnets
    vpc: {
      id: network.id,
      securityGroups: [groups.tasks.id],
      containerSubnets: network.privateSubnets,
      loadBalancerSubnets: network.publicSubnets,
    },
    transform: {
      cluster: { name: named('cluster'), settings: [{ name: 'containerInsights', value: insights }] },
    },
  });
}
