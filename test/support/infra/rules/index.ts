import type { StageName } from '../graph';
import type { Rule } from '../rule';
import { COMPUTE, COMPUTE_OF_PROD, DEPLOYMENTS } from './compute';
import { DATA_OF_PROD, dataOf } from './data';
import { EDGE, EDGE_OF_PROD, firewallOf, NOTHING_PUBLIC } from './edge';
import { EVERYWHERE } from './everywhere';
import { iamOf } from './iam';
import { NETWORK, NETWORK_OF_OTHERS, NETWORK_OF_PROD } from './network';
import { RETENTION, RETENTION_OF_PROD } from './retention';
import { SCALING, SCALING_OF_PROD } from './scaling';
import { WATCH, WATCH_OF_PROD } from './watch';

/** Everything that must hold of a stage. */
export function rulesOf(stage: StageName): readonly Rule[] {
  const prod = stage === 'prod';
  return [
    ...NETWORK,
    ...(prod ? NETWORK_OF_PROD : NETWORK_OF_OTHERS),
    ...EDGE,
    ...firewallOf(stage),
    ...NOTHING_PUBLIC,
    ...COMPUTE,
    ...DEPLOYMENTS,
    ...dataOf(stage),
    ...SCALING,
    ...iamOf(stage),
    ...RETENTION,
    ...EVERYWHERE,
    ...WATCH,
    ...(prod
      ? [
          EDGE_OF_PROD,
          COMPUTE_OF_PROD,
          DATA_OF_PROD,
          SCALING_OF_PROD,
          RETENTION_OF_PROD,
          WATCH_OF_PROD,
        ].flat()
      : []),
  ];
}
