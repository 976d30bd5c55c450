import { randomBytes, randomUUID } from 'node:crypto';
import type { components } from '../../.generated/api.d.ts';
import type { LocalStack } from '../local/client.mts';
import { LOOPBACK } from '../local/ports.mts';
import { Api, answerTo, type Backend, backendAt, isRecord, UUID } from './api.mts';
import { expectEqual, expectThat, until } from './expect.mts';
import type { Narrator } from './narrator.mts';

const PLATFORM: components['schemas']['PutDeviceBody'] = {
  platform: 'ios',
  appVersion: '1.4.0',
  osVersion: '26.1',
  model: 'iPhone17,1',
  locale: 'en-GB',
};

/** What the phone keeps. */
export interface Phone {
  readonly backend: Backend;
  readonly email: string;
  readonly deviceId: string;
  /** The phone's address at the push provider. */
  readonly subscriptionId: string;
  userId: string;
  accessToken: string;
  refreshToken: string;
  deviceToken: string;
}

/** From nothing to a signed-in phone that can be pushed to. */
export async function playPhone(narrator: Narrator, stack: LocalStack): Promise<Phone> {
  const phone = newPhone(stack.url);
  await register(narrator, phone);
  const code = await readCode(narrator, phone, stack.ports.mailbox);
  await verify(narrator, phone, code);
  await readMe(narrator, phone);
  await registerDevice(narrator, phone);
  await refresh(narrator, phone);
  return phone;
}

/** The session ends, and with it the access token, though that would be good for minutes to come. */
export async function signOut(narrator: Narrator, phone: Phone): Promise<void> {
  await narrator.step(
    'The phone signs out, and its access token is refused from then on.',
    async (detail) => {
      const logout = await answerTo(phone.backend.POST('/v1/auth/logout', { headers: bearer(phone) }));
      detail(logout.expectStatus(204).line);
      const refused = await answerTo(phone.backend.GET('/v1/me', { headers: bearer(phone) }));
      expectEqual('the problem’s code', refused.expectStatus(401).read('code'), 'unauthenticated');
      detail(`${refused.line}: ${refused.text('code')}, ${refused.headers.get('content-type')}`);
    },
  );
}

function newPhone(url: string): Phone {
  return {
    backend: backendAt(url),
    email: `ada.${randomBytes(3).toString('hex')}@example.com`,
    deviceId: randomUUID(),
    subscriptionId: randomUUID(),
    userId: '',
    accessToken: '',
    refreshToken: '',
    deviceToken: '',
  };
}

async function register(narrator: Narrator, phone: Phone): Promise<void> {
  await narrator.step('A phone asks for an account.', async (detail) => {
    const password = `Demo-${randomBytes(9).toString('base64url')}-7a`;
    const body = { email: phone.email, password, displayName: 'Ada' };
    const answer = await answerTo(phone.backend.POST('/v1/auth/register', { body }));
    expectEqual('the answer', answer.expectStatus(202).body, { status: 'verification_sent' });
    detail(`${answer.line}: ${answer.text('status')} to ${phone.email}`);
  });
}

function readCode(narrator: Narrator, phone: Phone, mailboxPort: number): Promise<string> {
  return narrator.step('The worker mails a six-digit code.', async (detail) => {
    const mailbox = new Api(`http://${LOOPBACK}:${mailboxPort}`);
    const mail = await until(
      `a mail to ${phone.email}`,
      'one mail with a code of six digits',
      () => mailbox.get(`/messages?to=${encodeURIComponent(phone.email)}`),
      ({ body }) => (Array.isArray(body) && isRecord(body[0]) ? body[0] : undefined),
    );
    const code = /\b\d{6}\b/.exec(String(mail.text))?.[0] ?? '';
    expectThat('the mail', code !== '', 'a code of six digits', mail.text);
    detail(`“${mail.subject}” has come by SMTP; it says ${code}`);
    return code;
  });
}

async function verify(narrator: Narrator, phone: Phone, code: string): Promise<void> {
  await narrator.step('The phone proves the address with it, and is signed in.', async (detail) => {
    const device = { deviceId: phone.deviceId, ...PLATFORM };
    const answer = await answerTo(
      phone.backend.POST('/v1/auth/verify-email', { body: { email: phone.email, code, device } }),
    );
    detail(answer.expectStatus(200).line);
    phone.userId = answer.text('user.id', UUID);
    phone.accessToken = answer.text('accessToken', /^[\w-]+\.[\w-]+\.[\w-]+$/);
    phone.refreshToken = answer.text('refreshToken');
    detail(`user    ${phone.userId}`);
    detail(
      `session ${answer.text('sessionId', UUID)}, ${answer.read('tokenType')} for ${answer.read('expiresIn')} s`,
    );
  });
}

async function readMe(narrator: Narrator, phone: Phone): Promise<void> {
  await narrator.step('It asks who it is.', async (detail) => {
    const answer = await answerTo(phone.backend.GET('/v1/me', { headers: bearer(phone) }));
    expectEqual('the user', answer.expectStatus(200).read('id'), phone.userId);
    expectEqual('the address', answer.read('email'), phone.email);
    expectEqual('verified', answer.read('emailVerified'), true);
    detail(
      `${answer.line}: ${answer.text('displayName')}, ${answer.text('email')}, roles ${answer.read('roles')}`,
    );
  });
}

async function registerDevice(narrator: Narrator, phone: Phone): Promise<void> {
  await narrator.step('It registers itself with its OneSignal subscription.', async (detail) => {
    const answer = await answerTo(
      phone.backend.PUT('/v1/devices/{deviceId}', {
        params: { path: { deviceId: phone.deviceId } },
        headers: bearer(phone),
        body: { ...PLATFORM, push: { provider: 'onesignal', subscriptionId: phone.subscriptionId } },
      }),
    );
    expectThat(answer.name, [200, 201].includes(answer.status), 'status 200 or 201', answer.body);
    expectEqual('the device', answer.read('device.deviceId'), phone.deviceId);
    expectEqual('its provider', answer.read('device.push.provider'), 'onesignal');
    phone.deviceToken = answer.text('deviceToken');
    detail(answer.line);
    detail(`subscription ${phone.subscriptionId}`);
  });
}

async function refresh(narrator: Narrator, phone: Phone): Promise<void> {
  await narrator.step('It renews its session: the refresh token is replaced.', async (detail) => {
    const answer = await answerTo(
      phone.backend.POST('/v1/auth/refresh', {
        params: { header: { 'X-Device-Token': phone.deviceToken } },
        body: { refreshToken: phone.refreshToken, deviceId: phone.deviceId },
      }),
    );
    detail(answer.expectStatus(200).line);
    const next = answer.text('refreshToken');
    expectThat('the refresh token', next !== phone.refreshToken, 'another one than before', 'the same one');
    phone.refreshToken = next;
    phone.accessToken = answer.text('accessToken');
  });
}

const bearer = ({ accessToken }: Phone) => ({ authorization: `Bearer ${accessToken}` });
