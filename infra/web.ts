import { hardened, LISTENING } from './container';
import type { Edge } from './edge';
import { capacityOf, container, type Ground, health, SIZE, scaled, settled } from './ground';
import { named } from './names';
import { executionRole, taskRole } from './roles';
import { PORT } from './stage';

const MIGRATE = ['node', 'dist/tools/cli/main.js', 'migrate', '--json'];
const BAKE_MINUTES = '5';
const CANARY_PERCENT = 10;

/**
 * The API. Before it starts, its task applies the migrations with the owner's secret, which only that container has.
 * @param rollback names of the alarms that take a deployment back
 */
export function createWeb(
  ground: Ground,
  edge: Edge,
  rollback: readonly $util.Input<string>[],
): sst.aws.Service {
  const { policy, queues, image, secrets, cluster } = ground;
  return new sst.aws.Service('Web', {
    ...SIZE,
    ...capacityOf(policy),
    cluster,
    scaling: { ...policy.web, cpuUtilization: false, memoryUtilization: false },
    containers: [
      { ...container('web', ground), health: health() },
      { ...container('migrate', ground), command: MIGRATE },
    ],
    transform: {
      taskRole: taskRole({
        actions: ['sqs:SendMessage', 'sqs:GetQueueUrl', 'sqs:GetQueueAttributes'],
        resources: [queues.push, queues.webhook, queues.jobs].map(({ main }) => main.arn),
      }),
      executionRole: executionRole(image, secrets, ['web', 'migrate']),
      taskDefinition: hardened({
        web: { ...LISTENING, dependsOn: [{ containerName: 'migrate', condition: 'SUCCESS' }] },
        migrate: { essential: false },
      }),
      service: (args, options) => {
        settled('web', ground, args);
        scaled(options);
        Object.assign(args, gradual(edge, rollback));
      },
    },
  });
}

/** A tenth of the requests for five minutes, then all of them, with five more before the old tasks go. */
function gradual(edge: Edge, rollback: readonly $util.Input<string>[]) {
  const balancing = new aws.iam.Role('BalancingRole', {
    name: named('balancing'),
    assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: 'ecs.amazonaws.com' }),
    managedPolicyArns: ['arn:aws:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers'],
  });
  return {
    healthCheckGracePeriodSeconds: 120,
    // the breaker is for rolling updates; here the alarms decide
    deploymentCircuitBreaker: { enable: false, rollback: false },
    deploymentConfiguration: {
      strategy: 'CANARY',
      bakeTimeInMinutes: BAKE_MINUTES,
      canaryConfiguration: { canaryPercent: CANARY_PERCENT, canaryBakeTimeInMinutes: BAKE_MINUTES },
    },
    alarms: { enable: true, rollback: true, alarmNames: [...rollback] },
    loadBalancers: [
      {
        targetGroupArn: edge.blue.arn,
        containerName: 'web',
        containerPort: PORT,
        advancedConfiguration: {
          alternateTargetGroupArn: edge.green.arn,
          productionListenerRule: edge.rule.arn,
          roleArn: balancing.arn,
        },
      },
    ],
  };
}
