import { randomBytes, randomUUID } from 'node:crypto';
import type { LocalStack } from '../../tools/local/client.mts';
import { waitFor } from '../../tools/local/wait.mts';

const MAIL_TIMEOUT_MS = 10_000;
/** More would have to wait too long for their passwords to be hashed. */
const AT_ONCE = 20;
const DEVICE = {
  platform: 'android',
  appVersion: '2.3.1',
  osVersion: '16',
  model: 'Pixel 9',
  locale: 'en-GB',
};

export interface SignedInPhone {
  readonly email: string;
  readonly password: string;
  readonly deviceId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** Accounts as people make them, through the API: sign up, code by mail, verify, register the device. */
export async function signInPhones(stack: LocalStack, count: number): Promise<SignedInPhone[]> {
  const phones: SignedInPhone[] = [];
  for (let first = 0; first < count; first += AT_ONCE) {
    const group = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, index) => first + index);
    phones.push(...(await Promise.all(group.map((index) => signIn(stack, index)))));
  }
  return phones;
}

async function signIn(stack: LocalStack, index: number): Promise<SignedInPhone> {
  const email = `bench.${index}.${randomBytes(4).toString('hex')}@example.com`;
  const password = `Bench-${randomBytes(9).toString('base64url')}-7a`;
  await call(stack, 'POST', '/v1/auth/register', { email, password });
  const code = await readCode(stack, email);
  const device = { deviceId: randomUUID(), ...DEVICE };
  const session = await call(stack, 'POST', '/v1/auth/verify-email', { email, code, device });
  const { deviceId, ...facts } = device;
  const push = { provider: 'onesignal', subscriptionId: randomUUID() };
  const [accessToken, refreshToken] = [String(session.accessToken), String(session.refreshToken)];
  await call(stack, 'PUT', `/v1/devices/${deviceId}`, { ...facts, push }, accessToken);
  return { email, password, deviceId, accessToken, refreshToken };
}

function readCode(stack: LocalStack, email: string): Promise<string> {
  const address = `http://127.0.0.1:${stack.ports.mailbox}/messages?to=${encodeURIComponent(email)}`;
  const probe = async () => /\b\d{6}\b/.exec(await (await fetch(address)).text())?.[0];
  return waitFor(`no mail to ${email}`, probe, { timeoutMs: MAIL_TIMEOUT_MS, everyMs: 50 });
}

async function call(
  stack: LocalStack,
  method: string,
  path: string,
  body: unknown,
  accessToken?: string,
): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(`${stack.url}${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      ...(accessToken !== undefined && { authorization: `Bearer ${accessToken}` }),
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} says ${response.status} ${text}`);
  return JSON.parse(text) as Readonly<Record<string, unknown>>;
}
