import { badRequest, fcmError } from './status.mts';

/** A message that breaks no rule. */
export interface Message {
  readonly token: string;
  readonly title: string;
  readonly body: string;
  readonly data: Readonly<Record<string, string>>;
  /** What replaces an earlier one on the phone: null when it would stand beside it on Android or on iOS. */
  readonly collapseId: string | null;
  /** Whether the phone shows it; a data message wakes the app only. */
  readonly shows: boolean;
}

type Fields = Readonly<Record<string, unknown>>;

const MAX_PAYLOAD_BYTES = 4_096;
const MAX_TTL_SECONDS = 28 * 24 * 3_600;
const TTL = /^(\d+)(\.\d{1,9})?s$/;
const TARGETS = ['token', 'topic', 'condition'];
const RESERVED = /^(from|notification|message_type|google\..*|gcm\..*)$/;
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  message: ['name', 'data', 'notification', 'android', 'webpush', 'apns', 'fcm_options', ...TARGETS],
  'message.notification': ['title', 'body', 'image'],
  'message.android': [
    'collapse_key',
    'priority',
    'ttl',
    'restricted_package_name',
    'data',
    'notification',
    'fcm_options',
    'direct_boot_ok',
  ],
  'message.apns': ['headers', 'payload', 'fcm_options', 'live_activity_token'],
  'message.webpush': ['headers', 'data', 'notification', 'fcm_options'],
};

/**
 * Checks the body of `messages:send` by the documented rules
 * (firebase.google.com/docs/reference/fcm/rest/v1/projects.messages).
 * @throws HttpError 400 as FCM words it
 */
export function checkMessage(body: Fields): Message {
  const message = object(body, 'message');
  for (const [path, known] of Object.entries(KNOWN)) checkNames(path, at({ message }, path), known);
  const used = TARGETS.filter((name) => message[name] !== undefined);
  if (used.length !== 1) {
    throw fcmError('INVALID_ARGUMENT', 'Exactly one of token, topic or condition is required');
  }
  const token = message.token;
  if (typeof token !== 'string' || token === '') {
    throw fcmError('INVALID_ARGUMENT', 'The sandbox knows registration tokens only');
  }
  const data = texts(message.data, 'message.data');
  const reserved = Object.keys(data).find((name) => RESERVED.test(name));
  if (reserved) throw fcmError('INVALID_ARGUMENT', `Invalid data payload key: ${reserved}`);
  checkTransport(message);
  checkSize(message);
  const notification = object(message, 'notification', {});
  return {
    token,
    title: text(notification.title),
    body: text(notification.body),
    data,
    collapseId: collapseIdOf(message),
    shows: notification.title !== undefined || notification.body !== undefined,
  };
}

function checkTransport(message: Fields): void {
  const android = object(message, 'android', {});
  texts(object(message, 'apns', {}).headers, 'message.apns.headers');
  if (android.priority !== undefined && !['NORMAL', 'HIGH'].includes(text(android.priority))) {
    throw badRequest(`Invalid value at 'message.android.priority'`);
  }
  if (android.ttl === undefined) return;
  const [, seconds] = TTL.exec(text(android.ttl)) ?? [];
  if (!seconds) throw badRequest(`Invalid value at 'message.android.ttl'`);
  if (Number(seconds) > MAX_TTL_SECONDS) {
    throw fcmError('INVALID_ARGUMENT', 'Invalid value for android ttl: at most four weeks');
  }
}

/** Of what travels to either kind of phone. */
function checkSize(message: Fields): void {
  const { notification, data } = message;
  const { payload } = object(message, 'apns', {});
  const bytes = Math.max(
    Buffer.byteLength(JSON.stringify({ notification, data })),
    Buffer.byteLength(JSON.stringify(payload ?? {})),
  );
  if (bytes > MAX_PAYLOAD_BYTES) throw fcmError('INVALID_ARGUMENT', 'Message is too big');
}

/** Android replaces by tag, iOS by `apns-collapse-id`: what lacks one of them piles up on one kind of phone. */
function collapseIdOf(message: Fields): string | null {
  const tag = object(object(message, 'android', {}), 'notification', {}).tag;
  const apns = object(object(message, 'apns', {}), 'headers', {})['apns-collapse-id'];
  return typeof tag === 'string' && tag === apns ? tag : null;
}

function at(body: Fields, path: string): Fields {
  return path.split('.').reduce((fields, name) => object(fields, name, {}), body);
}

function checkNames(path: string, fields: Fields, known: readonly string[]): void {
  const unknown = Object.keys(fields).find((name) => !known.includes(name));
  if (unknown) {
    throw badRequest(
      `Invalid JSON payload received. Unknown name "${unknown}" at '${path}': Cannot find field.`,
    );
  }
}

function object(fields: Fields, name: string, usual?: Fields): Fields {
  const value = fields[name] ?? usual;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw badRequest(`Invalid value at '${name}'`);
}

function texts(value: unknown, path: string): Record<string, string> {
  const entries = Object.entries(value ?? {});
  const wrong = entries.find(([, one]) => typeof one !== 'string');
  if (wrong) throw badRequest(`Invalid value at '${path}[${entries.indexOf(wrong)}].value' (TYPE_STRING)`);
  return Object.fromEntries(entries) as Record<string, string>;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
