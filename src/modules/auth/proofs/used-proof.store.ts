/** Used proofs in the database, for when Redis can't be trusted to remember them. */
export abstract class UsedProofStore {
  /** @returns whether this is its first use */
  abstract claim(id: Buffer, expiresAt: Date): Promise<boolean>;
  /**
   * Notes that Redis remembers from now on.
   * @returns whether it is the first time ever: then there is nothing that it could have lost
   */
  abstract memoryBegins(now: Date): Promise<boolean>;
}
