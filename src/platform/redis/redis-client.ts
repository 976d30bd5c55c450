import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';

const COMMAND_TIMEOUT_MS = 50;
const CONNECT_TIMEOUT_MS = 2_000;
const RECONNECT_MS = { step: 100, most: 2_000 };

/** A client whose every command fails at once, or within 50 ms, while Redis is away. */
export function connectRedis(url: string): Redis {
  const logger = new Logger('Redis');
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    enableAutoPipelining: true,
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
