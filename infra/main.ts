import { createAlarms } from './alarms';
import { createAlerts } from './alerts';
import { createAudit, trailArn } from './audit';
import { createBackups } from './backup';
import { createBoundary } from './boundary';
import { createBudget } from './budget';
import { createCache } from './cache';
import { createCdn } from './cdn';
import { createCiRoles } from './ci';
import { createCluster } from './cluster';
import { createDashboard } from './dashboard';
import { countLogLines, createDeployAlarms } from './deploy-alarms';
import { createEdge } from './edge';
import { createFirewall, logFirewall } from './firewall';
import { createImage } from './image';
import { archiveFirewall, archiveLogs, createArchive, createEdgeLogs } from './logs';
import { createNetwork, logNetwork } from './network';
import { createPeople } from './people';
import { createQueues } from './queues';
import { createRotation } from './rotation';
import { scaleWeb, scaleWorker } from './scaling';
import { createSchedules } from './schedules';
import { createSecrets } from './secrets';
import { createSecurityGroups } from './security-groups';
import { createSettings } from './settings';
import { stagePolicy } from './stage';
import { createWeb } from './web';
import { createWorker } from './worker';

/** The whole of one stage, from the ground up. */
export function build() {
  const policy = stagePolicy($app.stage, process.env.LOOPIN_SWITCHES);
  // first: it reaches every role that comes after
  createBoundary();

  const network = createNetwork(policy);
  const groups = createSecurityGroups(network);
  const archive = createArchive(policy, trailArn());
  const edgeLogs = createEdgeLogs(policy);
  logNetwork(policy, network, edgeLogs);

  const queues = createQueues();
  const cache = createCache(policy, network, groups);
  const secrets = createSecrets(policy, cache);
  const image = createImage(policy);
  const settings = createSettings(policy, { image, queues, archive });

  const edge = createEdge(policy, network, groups, edgeLogs);
  const firewall = createFirewall(policy, edge.balancer);
  createCdn(policy, edge);

  const topic = createAlerts(policy);
  const rollback = createDeployAlarms(edge, topic);
  const cluster = createCluster(policy, network, groups);
  const ground = { policy, network, groups, queues, secrets, image, settings, cluster, archive };
  const web = createWeb(ground, edge, rollback.web);
  const worker = createWorker(ground, rollback.worker);
  const clusterName = cluster.nodes.cluster.name;
  scaleWeb(web, clusterName, edge);
  scaleWorker(worker, queues);
  createSchedules(queues);

  countLogLines(topic, [worker]);
  archiveLogs([web, worker], archive);
  archiveFirewall(logFirewall(firewall), edgeLogs);
  createAudit(policy, archive, topic);
  createBackups(ground, topic);
  createRotation(topic);
  if (topic !== undefined) {
    createAlarms({ policy, topic, edge, queues, cache, cluster: clusterName, certificate: edge.certificate });
    createDashboard(edge, queues);
  }

  createBudget(policy);
  createPeople(policy);
  createCiRoles(policy, image);
  return {
    url: `https://${policy.domain}`,
    nameServers: edge.zone.nameServers,
    repository: image.repository.repositoryUrl,
    cluster: clusterName,
  };
}
