/** How long a worker may be silent, and how often it says that it lives; tests are less patient. */
export class JobTimings {
  readonly leaseSeconds: number = 30;
  readonly heartbeatMs: number = 5_000;
  /** How often each worker looks for jobs that are due without a message. */
  readonly lookEveryMs: number = 1_000;
}
