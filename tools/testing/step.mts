/** One thing that `npm test` does: a program that succeeds or fails, or a jest project that counts its own tests. */
export interface Step {
  readonly name: string;
  /** Arguments of Node: a script and what it is told. */
  readonly args: readonly string[];
  /** Steps that have to succeed before. */
  readonly after?: readonly string[];
  /** Where jest writes its results; a step without it counts as one. */
  readonly results?: string;
  /** It is killed after so many milliseconds. */
  readonly timeoutMs: number;
}

export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** What to say beside the counts: why it failed as a whole. */
  readonly note?: string;
}
