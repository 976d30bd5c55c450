/** User media and exports. */
export abstract class ObjectStorage {
  /** @throws Error when the bucket does not answer in time */
  abstract ping(): Promise<void>;
}
