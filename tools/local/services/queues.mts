/** Names that the local SQS server and the environment of the app share. */
export const SQS_REGION = 'us-east-1';
export const SQS_ACCOUNT = '000000000000';
export const SQS_QUEUES = {
  push: 'push-notifications',
  webhooks: 'webhook-events',
  jobs: 'background-jobs',
} as const;
