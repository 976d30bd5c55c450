import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { generate } from 'selfsigned';
import { LOOPBACK } from './ports.mts';

const CERTIFICATE_LIFETIME_MS = 10 * 365 * 24 * 60 * 60 * 1_000;

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
  /** PEM: of the service account that FCM's sandbox knows, and of the certificate that it shows. */
  readonly fcmPrivateKey: string;
  readonly fcmTlsKey: string;
  readonly fcmTlsCertificate: string;
  readonly stripeWebhookSecret: string;
  readonly razorpayWebhookSecret: string;
  readonly githubWebhookSecret: string;
  readonly supabaseWebhookSecret: string;
  readonly standardWebhookSecret: string;
}

/** Reads the secrets of a state folder; what is missing there is made and kept. */
export async function loadSecrets(state: string): Promise<Secrets> {
  const file = path.join(state, 'secrets.json');
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Secrets>) : {};
  const secrets = {
    ...makeSecrets(),
    ...(kept.fcmPrivateKey ? undefined : await makeFcmSecrets()),
    ...kept,
  } as Secrets;
  writeFileSync(`${file}.draft`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.draft`, file);
  return secrets;
}

type FcmSecrets = 'fcmPrivateKey' | 'fcmTlsKey' | 'fcmTlsCertificate';

function makeSecrets(): Omit<Secrets, FcmSecrets> {
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
    stripeWebhookSecret: `whsec_${word()}`,
    razorpayWebhookSecret: word(),
    githubWebhookSecret: word(),
    supabaseWebhookSecret: `v1,${standardSecret()}`,
    standardWebhookSecret: standardSecret(),
  };
}

function p256Key(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64');
}

/** Only on a first start: they take a while. */
async function makeFcmSecrets(): Promise<Pick<Secrets, FcmSecrets>> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const tls = await generate([{ name: 'commonName', value: LOOPBACK }], {
    algorithm: 'sha256',
    keyType: 'ec',
    curve: 'P-256',
    notAfterDate: new Date(Date.now() + CERTIFICATE_LIFETIME_MS),
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: LOOPBACK }] }],
  });
  return {
    fcmPrivateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    fcmTlsKey: tls.private,
    fcmTlsCertificate: tls.cert,
  };
}

/** As Standard Webhooks writes them. */
function standardSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/** 24 random bytes in letters that need no escaping in a URL or in SQL. */
function word(): string {
  return randomBytes(24).toString('hex');
}
