import { Global, Logger, Module } from '@nestjs/common';
import { ConfigModule, type ConfigType } from '@nestjs/config';
import { Redis } from 'ioredis';
import { redisConfig } from '../../config/slices';
import { Shutdown } from '../lifecycle/shutdown';
import { Cache } from './cache';
import { RedisBreaker } from './redis-breaker';
import { RedisCache } from './redis-cache';

const COMMAND_TIMEOUT_MS = 50;
const CONNECT_TIMEOUT_MS = 2_000;
const RECONNECT_MS = { step: 100, most: 2_000 };

const client = {
  provide: Redis,
  inject: [redisConfig.KEY, Shutdown],
  useFactory: (config: ConfigType<typeof redisConfig>, shutdown: Shutdown): Redis => {
    const redis = connect(config.url);
    shutdown.onClose(() => redis.disconnect());
    return redis;
  },
};

const cache = {
  provide: Cache,
  inject: [Redis, RedisBreaker],
  useFactory: (redis: Redis, breaker: RedisBreaker): Cache => new RedisCache(redis, breaker),
};

/** Redis is a help, never a need: every command fails at once while it is away, and whoever asked goes on. */
@Global()
@Module({
  imports: [ConfigModule.forFeature(redisConfig)],
  providers: [client, cache, RedisBreaker],
  exports: [client, cache, RedisBreaker],
})
export class RedisModule {}

function connect(url: string): Redis {
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
