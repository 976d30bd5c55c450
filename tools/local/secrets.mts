import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Made at random on the first start and kept in the state folder. Worth nothing outside it. */
export interface Secrets {
  /** Names this state folder for what has to live outside of it. */
  readonly stateId: string;
  readonly postgresPassword: string;
  readonly ownerPassword: string;
  readonly appPassword: string;
  readonly dataKey: string;
  readonly keyEncryptionKey: string;
  readonly supabaseServiceKey: string;
  readonly onesignalAppId: string;
  readonly onesignalApiKey: string;
  readonly onesignalWebhookSecret: string;
  /** PKCS #8 in base64, as Apple's `.p8` files have it. */
  readonly applePrivateKey: string;
}

/** Reads the secrets of a state folder; what is missing there is made and kept. */
export function loadSecrets(state: string): Secrets {
  const file = path.join(state, 'secrets.json');
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Secrets>) : {};
  const secrets = { ...makeSecrets(), ...kept };
  writeFileSync(`${file}.draft`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.draft`, file);
  return secrets;
}

function makeSecrets(): Secrets {
  return {
    stateId: randomUUID(),
    postgresPassword: word(),
    ownerPassword: word(),
    appPassword: word(),
    dataKey: randomBytes(32).toString('base64'),
    keyEncryptionKey: randomBytes(32).toString('base64'),
    supabaseServiceKey: `sb_secret_${word()}`,
    onesignalAppId: randomUUID(),
    onesignalApiKey: `os_v2_app_${word()}`,
    onesignalWebhookSecret: word(),
    applePrivateKey: p256Key(),
  };
}

function p256Key(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
}

/** 24 random bytes in letters that need no escaping in a URL or in SQL. */
function word(): string {
  return randomBytes(24).toString('hex');
}
