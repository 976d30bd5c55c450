import { hardened, LISTENING } from './container';
import { capacityOf, container, type Ground, health, SIZE, scaled, settled } from './ground';
import { APPLICATION_PREFIXES } from './logs';
import { executionRole, taskRole } from './roles';

const QUEUE_ACTIONS = [
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:ChangeMessageVisibility',
  'sqs:GetQueueUrl',
  'sqs:GetQueueAttributes',
  'sqs:SendMessage',
];

/**
 * Consumers, outbox and schedules: a rolling update that takes itself back when its tasks do not start.
 * It drains the dead letters as well, and archives what has aged.
 * @param rollback names of the alarms that take a deployment back
 */
export function createWorker(ground: Ground, rollback: readonly $util.Input<string>[]): sst.aws.Service {
  const { policy, queues, image, secrets, cluster, archive } = ground;
  const all = [queues.push, queues.webhook, queues.jobs].flatMap(({ main, dead }) => [main.arn, dead.arn]);
  return new sst.aws.Service('Worker', {
    ...SIZE,
    ...capacityOf(policy),
    cluster,
    scaling: { ...policy.worker, cpuUtilization: false, memoryUtilization: false },
    containers: [{ ...container('worker', ground), health: health() }],
    transform: {
      taskRole: taskRole(
        { actions: QUEUE_ACTIONS, resources: all },
        {
          actions: ['s3:PutObject', 's3:AbortMultipartUpload', 's3:GetObject'],
          resources: APPLICATION_PREFIXES.map((prefix) => $interpolate`${archive.arn}/${prefix}*`),
        },
        // without it S3 says of what is not there that it is forbidden
        { actions: ['s3:ListBucket'], resources: [archive.arn] },
      ),
      executionRole: executionRole(image, secrets, ['worker']),
      taskDefinition: hardened({ worker: LISTENING }),
      service: (args, options) => {
        settled('worker', ground, args);
        scaled(options);
        Object.assign(args, {
          deploymentMinimumHealthyPercent: 100,
          deploymentMaximumPercent: 200,
          deploymentCircuitBreaker: { enable: true, rollback: true },
          alarms: { enable: rollback.length > 0, rollback: rollback.length > 0, alarmNames: [...rollback] },
        });
      },
    },
  });
}
