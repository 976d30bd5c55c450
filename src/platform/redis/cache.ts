/**
 * What may be forgotten at any time. It never throws and never waits long: when the shared cache is away, this
 * process's memory answers, and a miss sends the caller to the database.
 */
export abstract class Cache {
  abstract get<Value>(key: string): Promise<Value | undefined>;
  abstract set<Value>(key: string, value: Value, ttlSeconds: number): Promise<void>;
  /** Only where nothing stands: what was written meanwhile is newer. */
  abstract setIfAbsent<Value>(key: string, value: Value, ttlSeconds: number): Promise<void>;
}
