import { LRUCache } from 'lru-cache';
import { Pool } from 'undici';
import { guardedConnector } from './guarded-connector';

const MOST_ORIGINS = 256;
const KEEP_ALIVE_MS = 30_000;
const HEADER_BYTES = 16_384;

type Connector = ReturnType<typeof guardedConnector>;

/** A pool of connections for each origin; those that were not used for longest are closed. */
export class OriginPools {
  private readonly pools: LRUCache<string, Pool>;

  constructor(private readonly connect: Connector) {
    this.pools = new LRUCache<string, Pool>({
      max: MOST_ORIGINS,
      // what is under way is finished first
      dispose: (pool) => void pool.close().catch(() => undefined),
    });
  }

  /** Its number of connections has no bound of its own: whoever sends bounds what is under way. */
  for(origin: string): Pool {
    const known = this.pools.get(origin);
    if (known !== undefined) return known;
    const pool = new Pool(origin, {
      connect: this.connect,
      allowH2: false,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: HEADER_BYTES,
      // the sender has a clock of its own for the whole of it
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    this.pools.set(origin, pool);
    return pool;
  }

  async close(): Promise<void> {
    const pools = [...this.pools.values()];
    await Promise.allSettled(pools.map((pool) => pool.destroy()));
  }
}
