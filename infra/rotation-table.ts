import type { SecretName } from './environment';

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
