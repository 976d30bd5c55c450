import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { TurnWrites } from '../../shared/turn-writes';

const COMMAND_TIMEOUT_MS = 50;
const CONNECT_TIMEOUT_MS = 2_000;
const RECONNECT_MS = { step: 100, most: 2_000 };

/**
 * The commands of one turn leave in one write. ioredis' own pipelining does so too, but what each command has made stays
 * in memory until a major collection.
 */
class TurnRedis extends Redis {
  private readonly writes = new TurnWrites();

  override sendCommand(...[command, stream]: Parameters<Redis['sendCommand']>): unknown {
    if (this.status === 'ready') this.writes.gather(this.stream);
    return super.sendCommand(command, stream);
  }
}

/** A client whose every command fails at once, or within 50 ms, while Redis is away. */
export function connectRedis(url: string): Redis {
  const logger = new Logger('Redis');
  const redis = new TurnRedis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    retryStrategy: (attempt) => Math.min(attempt * RECONNECT_MS.step, RECONNECT_MS.most),
  });
  let reachable = true;
  redis.on('ready', () => {
    if (!reachable) logger.log('reachable again');
    reachable = true;
  });
  redis.on('error', () => {
    if (reachable) logger.warn('not reachable: limits and cache go on in memory');
    reachable = false;
  });
  return redis;
}
