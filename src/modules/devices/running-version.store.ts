/** Which versions of the app are out there. */
export abstract class RunningVersionStore {
  /**
   * @param seenAfter a device that was not seen since does not count
   * @returns each version once, in no order; at most some thousands
   */
  abstract versions(platform: string, seenAfter: Date): Promise<readonly string[]>;
}
