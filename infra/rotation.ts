import type { SecretName } from './environment';
import { idOf, named, serviceRole } from './names';

/**
 * How a secret is replaced:
 * `application` does it by itself and keeps both values good in between; `runbook` is a person, who gets a mail when it is
 * time, because whoever gave the secret has no API for it that may be used unattended.
 */
export type RotationMethod = 'application' | 'runbook';

export interface Rotation {
  readonly what: string;
  readonly secret: SecretName | 'database rows';
  readonly days: number;
  readonly owner: 'CTO' | 'Backend';
  readonly method: RotationMethod;
}

/** Secret × period × owner × method. A test holds it to the strategy's periods. */
export const ROTATIONS: readonly Rotation[] = [
  { what: 'signing-keys', secret: 'database rows', days: 180, owner: 'Backend', method: 'application' },
  { what: 'api-keys', secret: 'database rows', days: 90, owner: 'Backend', method: 'application' },
  { what: 'encryption-keys', secret: 'keys', days: 90, owner: 'Backend', method: 'runbook' },
  { what: 'database-user', secret: 'database', days: 90, owner: 'Backend', method: 'runbook' },
  { what: 'database-owner', secret: 'database-owner', days: 90, owner: 'CTO', method: 'runbook' },
  { what: 'supabase-key', secret: 'shared', days: 90, owner: 'CTO', method: 'runbook' },
  { what: 'cache-token', secret: 'cache', days: 90, owner: 'Backend', method: 'runbook' },
  { what: 'webhook-secrets', secret: 'web', days: 90, owner: 'Backend', method: 'runbook' },
  { what: 'onesignal-key', secret: 'worker', days: 180, owner: 'Backend', method: 'runbook' },
  { what: 'mail-password', secret: 'worker', days: 90, owner: 'Backend', method: 'runbook' },
  { what: 'fcm-account', secret: 'worker', days: 90, owner: 'Backend', method: 'runbook' },
  { what: 'apple-key', secret: 'worker', days: 180, owner: 'CTO', method: 'runbook' },
];

export const RUNBOOK = 'docs/runbooks/rotate-secrets.md';

/** A mail when a secret's time has come that a person replaces. */
export function createRotation(topic: aws.sns.Topic | undefined): void {
  if (topic === undefined) return;
  const group = new aws.scheduler.ScheduleGroup('Rotations', { name: named('rotations') });
  const role = serviceRole('RotationsRole', 'scheduler.amazonaws.com', {
    actions: ['sns:Publish'],
    resources: [topic.arn],
  });
  for (const { what, secret, days, owner } of ROTATIONS.filter(({ method }) => method === 'runbook')) {
    new aws.scheduler.Schedule(idOf('Rotate', what), {
      name: what,
      groupName: group.name,
      description: `${owner}: replace ${what}. Runbook: ${RUNBOOK}`,
      scheduleExpression: `rate(${days} days)`,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: topic.arn,
        roleArn: role.arn,
        input: `${owner}: it is time to replace ${what} (loopin/${$app.stage}/${secret}). Runbook: ${RUNBOOK}`,
        retryPolicy: { maximumRetryAttempts: 5, maximumEventAgeInSeconds: 3_600 },
      },
    });
  }
}
