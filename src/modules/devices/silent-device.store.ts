/** So long without contact says that nobody may be there any more (the same page); it is sent to all the same. */
export const STALE_AFTER_DAYS = 30;
/** Tokens die after 270 days without contact (firebase.google.com/docs/cloud-messaging/manage-tokens). */
export const DEAD_AFTER_DAYS = 270;

/** Devices that nobody has heard of for long. */
export abstract class SilentDeviceStore {
  /** Takes the push target away from up to `limit` devices last seen before `before`. @returns from how many */
  abstract endPush(before: Date, limit: number, now: Date): Promise<number>;
}
