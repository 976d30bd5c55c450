import { cacheUrl } from './cache';
import { keysOf, type SecretName } from './environment';
import { idOf } from './names';
import type { StagePolicy } from './stage';

export type Secrets = Readonly<Record<SecretName, aws.secretsmanager.Secret>>;

const RECOVERY_DAYS = 30;

/**
 * One secret a reader, so that nobody reads more than it needs. What can be made here is made once; what only people
 * or providers know begins empty, is put in by hand (docs/deploy.md), and no later deployment touches it.
 */
export function createSecrets(policy: StagePolicy, cache: sst.aws.Redis): Secrets {
  const create = (name: SecretName) => createSecret(name, policy, cache);
  return {
    keys: create('keys'),
    database: create('database'),
    'database-owner': create('database-owner'),
    cache: create('cache'),
    shared: create('shared'),
    web: create('web'),
    worker: create('worker'),
  };
}

function createSecret(name: SecretName, { keepsData }: StagePolicy, cache: sst.aws.Redis) {
  const id = idOf('Secret', name);
  const secret = new aws.secretsmanager.Secret(id, {
    name: `loopin/${$app.stage}/${name}`,
    description: `Environment of the services: ${keysOf(name).join(', ')}`,
    recoveryWindowInDays: keepsData ? RECOVERY_DAYS : 0,
  });
  new aws.secretsmanager.SecretVersion(
    `${id}First`,
    { secretId: secret.id, secretString: $jsonStringify(firstValues(name, cache)) },
    // the cache's address is infra's to keep right; the rest belongs to people and to rotation
    name === 'cache' ? {} : { ignoreChanges: ['secretString'] },
  );
  return secret;
}

function firstValues(name: SecretName, cache: sst.aws.Redis): Record<string, $util.Input<string>> {
  const empty = Object.fromEntries(keysOf(name).map((key) => [key, '']));
  if (name === 'keys')
    return { DATA_KEYS: keyring('DataKey'), KEY_ENCRYPTION_KEYS: keyring('KeyEncryptionKey') };
  if (name === 'cache') return { REDIS_URL: $util.secret(cacheUrl(cache)) };
  if (name === 'web') return { ...empty, ONESIGNAL_WEBHOOK_SECRET: sharedSecret('OneSignalWebhookSecret') };
  return empty;
}

/** `1:<base64 of 32 bytes>`: the first version of a key. */
function keyring(name: string): $util.Output<string> {
  return $interpolate`1:${new random.RandomBytes(name, { length: 32 }).base64}`;
}

function sharedSecret(name: string): $util.Output<string> {
  return new random.RandomPassword(name, { length: 48, special: false }).result;
}
