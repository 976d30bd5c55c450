import { HttpError } from '../http.mts';

/** A create request that breaks no rule. */
export interface Creation {
  readonly subscriptionIds: readonly string[];
  readonly idempotencyKey: string | null;
  readonly title: string;
  readonly body: string;
}

export interface Limits {
  readonly appId: string;
  readonly maxRecipients: number;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const MAX_COLLAPSE_ID = 64;
/** APNs and FCM both refuse more than 4 KiB; OneSignal refuses it for them. */
const MAX_PAYLOAD_BYTES = 4_096;
const TARGETS = ['include_subscription_ids', 'include_aliases', 'included_segments', 'filters'];
/** The parts that travel to the phone. */
const PAYLOAD = ['contents', 'headings', 'subtitle', 'data', 'url', 'app_url', 'buttons', 'big_picture'];
const ACCESS_DENIED =
  "Access denied.  Please include an 'Authorization: ...' header with a valid API key (https://documentation.onesignal.com/docs/en/keys-and-ids#api-keys).";

/**
 * Checks the `Authorization` header: `Key …`, or `Basic …` as older keys are sent.
 * @throws HttpError 401 without one, 403 with another key.
 */
export function authorise(header: string | undefined, apiKey: string): void {
  const [, key] = /^(?:Key|Basic) (\S+)$/i.exec(header ?? '') ?? [];
  if (!key) throw refusal(ACCESS_DENIED, 401);
  if (key !== apiKey) throw refusal(ACCESS_DENIED, 403);
}

/**
 * Checks the body of `POST /notifications` by the documented rules, in the order in which OneSignal finds them.
 * https://documentation.onesignal.com/reference/push-notification
 * @throws HttpError 400 with `errors` as an array of texts.
 */
export function checkCreation(body: Readonly<Record<string, unknown>>, limits: Limits): Creation {
  if (body.app_id !== limits.appId) {
    throw refusal('app_id not found. You may be missing a Content-Type: application/json header.');
  }
  checkContent(body);
  checkPayload(body);
  // `external_id` is its older name; both work.
  const idempotencyKey = body.idempotency_key ?? body.external_id ?? null;
  if (idempotencyKey !== null && !isUuid(idempotencyKey)) {
    throw refusal('idempotency_key must be a valid UUID (RFC 9562)');
  }
  const subscriptionIds = checkTargets(body, limits.maxRecipients);
  return { subscriptionIds, idempotencyKey, title: english(body.headings), body: english(body.contents) };
}

function checkContent(body: Readonly<Record<string, unknown>>): void {
  if (body.template_id !== undefined || body.content_available === true) return;
  if (!isObject(body.contents) || Object.keys(body.contents).length === 0) {
    throw refusal('Notification content must not be null for any languages.');
  }
  if (!english(body.contents)) throw refusal('Message Notifications must have English language content');
}

function checkPayload(body: Readonly<Record<string, unknown>>): void {
  const collapseId = body.collapse_id;
  const fits = typeof collapseId === 'string' && collapseId.length <= MAX_COLLAPSE_ID;
  if (collapseId !== undefined && !fits) {
    throw refusal(`collapse_id must be a string of at most ${MAX_COLLAPSE_ID} characters`);
  }
  const sent = Object.fromEntries(PAYLOAD.map((name) => [name, body[name]]));
  const bytes = Buffer.byteLength(JSON.stringify(sent));
  if (bytes > MAX_PAYLOAD_BYTES) {
    throw refusal(`The notification payload has ${bytes} bytes, more than ${MAX_PAYLOAD_BYTES}`);
  }
}

/** Only subscription ids reach anybody here: the sandbox knows no users, segments or tags. */
function checkTargets(body: Readonly<Record<string, unknown>>, maxRecipients: number): string[] {
  const used = TARGETS.filter((name) => body[name] !== undefined);
  if (used.length === 0) {
    throw refusal('You must include which players, segments, or tags you wish to send this notification to.');
  }
  if (used.length > 1) throw refusal(`Only one way of targeting may be used, not ${used.join(' and ')}`);
  const ids = body.include_subscription_ids ?? [];
  if (!Array.isArray(ids)) throw refusal('include_subscription_ids must be an array');
  if (ids.length > maxRecipients) {
    throw refusal(`include_subscription_ids has ${ids.length} ids, more than ${maxRecipients}`);
  }
  const malformed = ids.filter((id) => !isUuid(id));
  if (malformed.length > 0) {
    throw refusal(
      `Incorrect subscription_id format in include_subscription_ids (not a valid UUID): ${JSON.stringify(malformed)}`,
    );
  }
  return [...new Set(ids.map((id: string) => id.toLowerCase()))];
}

function refusal(text: string, status = 400): HttpError {
  return new HttpError(status, { errors: [text] });
}

function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID.test(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function english(texts: unknown): string {
  return isObject(texts) && typeof texts.en === 'string' ? texts.en : '';
}
