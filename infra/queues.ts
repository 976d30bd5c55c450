import { named } from './names';

const REDRIVE_AFTER = 5;
/** Longer than the slowest handler; the worker's heartbeat prolongs it. */
const VISIBILITY_SECONDS = 300;
const LONG_POLL_SECONDS = 20;
const DAY_SECONDS = 86_400;

export type Queues = ReturnType<typeof createQueues>;

/** The three queues, each with its dead letters. */
export function createQueues() {
  return {
    push: createQueue('PushNotifications', 'push-notifications'),
    webhook: createQueue('WebhookEvents', 'webhook-events'),
    jobs: createQueue('BackgroundJobs', 'background-jobs'),
  };
}

function createQueue(name: string, what: string) {
  const dead = new sst.aws.Queue(`${name}Dead`, {
    transform: { queue: settings(`${what}-dlq`, 14 * DAY_SECONDS) },
  });
  const main = new sst.aws.Queue(name, {
    visibilityTimeout: `${VISIBILITY_SECONDS} seconds`,
    dlq: { queue: dead.arn, retry: REDRIVE_AFTER },
    transform: { queue: settings(what, 4 * DAY_SECONDS) },
  });
  tlsOnly(`${name}DeadPolicy`, dead);
  tlsOnly(`${name}Policy`, main);
  return { main, dead };
}

function settings(what: string, messageRetentionSeconds: number) {
  return {
    name: named(what),
    sqsManagedSseEnabled: true,
    receiveWaitTimeSeconds: LONG_POLL_SECONDS,
    messageRetentionSeconds,
  };
}

function tlsOnly(name: string, queue: sst.aws.Queue): void {
  new aws.sqs.QueuePolicy(name, {
    queueUrl: queue.url,
    policy: $jsonStringify({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'TlsOnly',
          Effect: 'Deny',
          Principal: '*',
          Action: 'sqs:*',
          Resource: queue.arn,
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    }),
  });
}
