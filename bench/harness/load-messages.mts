/** One request of the load, sent again and again. */
export interface PlannedRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** To the load process: a window of load. */
export interface WindowOrder {
  readonly origin: string;
  /** The server, whose time is read at both ends of the window. */
  readonly pid: number;
  /** Taken in turn by all connections. */
  readonly requests: readonly PlannedRequest[];
  readonly connections: number;
  /** So many begin each second, whatever is still unanswered; undefined: each connection sends when it is free. */
  readonly perSecond?: number | undefined;
  /** Load before the window begins. */
  readonly warmUpMs: number;
  readonly windowMs: number;
}

/** From the load process: what the window has shown. */
export interface WindowResult {
  readonly requests: number;
  readonly seconds: number;
  /** Of the server, all threads. */
  readonly cpuNanoseconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers that were not 2xx, and calls that got none, in the window and before it. */
  readonly failures: number;
  readonly firstFailure: string | undefined;
}
