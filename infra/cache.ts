import { named } from './names';
import type { Network } from './network';
import type { SecurityGroups } from './security-groups';
import type { StagePolicy } from './stage';

/**
 * Raise it to replace the token with the next deployment. ElastiCache takes the token before beside the new one until the
 * one after it, so tasks that have not been replaced yet go on.
 */
const TOKEN_GENERATION = '1';

/** Valkey: TLS, a token, in prod a replica in the other zone and a week of snapshots. */
export function createCache({ cache }: StagePolicy, network: Network, groups: SecurityGroups): sst.aws.Redis {
  $transform(random.RandomPassword, (args, _options, name) => {
    if (name === 'CacheAuthToken') args.keepers = { generation: TOKEN_GENERATION };
  });
  const replicated = cache.nodes > 1;
  return new sst.aws.Redis('Cache', {
    engine: 'valkey',
    version: '8.0',
    instance: 't4g.micro',
    cluster: false,
    vpc: { subnets: network.privateSubnets, securityGroups: [groups.cache.id] },
    // a rate limit or a lock that is evicted does not limit or lock: rather refuse the write
    parameters: { 'maxmemory-policy': 'noeviction' },
    transform: {
      cluster: (args) => {
        Object.assign(args, {
          replicationGroupId: named('cache'),
          description: 'Cache, rate limits and locks',
          numCacheClusters: cache.nodes,
          automaticFailoverEnabled: replicated,
          multiAzEnabled: replicated,
          snapshotRetentionLimit: cache.snapshotDays,
          // 02:30 IST
          snapshotWindow: '21:00-22:00',
          maintenanceWindow: 'tue:22:00-tue:23:00',
          autoMinorVersionUpgrade: true,
          applyImmediately: false,
        });
      },
    },
  });
}

/** The URL that the services take; the token may hold characters that mean something in a URL. */
export function cacheUrl(cache: sst.aws.Redis): $util.Output<string> {
  return $resolve([cache.host, cache.password]).apply(
    ([host, token]) => `rediss://:${encodeURIComponent(token ?? '')}@${host}:6379`,
  );
}
