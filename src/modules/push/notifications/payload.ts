import type { Content, Localizations } from '../push.schema';

/** APNs and FCM both refuse more (developer.apple.com/documentation/usernotifications, firebase.google.com/docs/cloud-messaging). */
export const MAX_PAYLOAD_BYTES = 4_096;

/** A content in the words of one locale; `variant` is its key, empty for the default. */
export const contentOf = (content: Content, localizations: Localizations, variant: string): Content => ({
  ...content,
  ...localizations[variant],
});

/** The size of what travels to the phone, in bytes of JSON: the larger of the two providers' shapes. */
export function payloadBytes(content: Content): number {
  return Math.max(bytes(asOneSignal(content)), bytes(asFcm(content)));
}

const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** The parts that OneSignal's message hands on (documentation.onesignal.com/reference/push-notification). */
function asOneSignal({ title, body, data, deepLink, imageUrl, ...small }: Content) {
  return {
    ...small,
    headings: title === undefined ? undefined : { en: title },
    contents: body === undefined && title === undefined ? undefined : { en: body ?? title },
    data,
    app_url: deepLink,
    big_picture: imageUrl,
  };
}

/** FCM's data are texts only: whatever is none travels as JSON in a text (firebase.google.com/docs/reference/fcm/rest/v1/projects.messages). */
function asFcm({ title, body, data = {}, deepLink, imageUrl, ...small }: Content) {
  const texts = Object.entries(data).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  return {
    ...small,
    notification: { title, body, image: imageUrl },
    data: { ...Object.fromEntries(texts), deepLink },
  };
}
