import { Global, Module } from '@nestjs/common';
import { ConfigModule, type ConfigType } from '@nestjs/config';
import { Redis } from 'ioredis';
import { redisConfig } from '../../config/slices';
import { Shutdown } from '../lifecycle/shutdown';
import { Cache } from './cache';
import { RedisBreaker } from './redis-breaker';
import { RedisCache } from './redis-cache';
import { connectRedis } from './redis-client';

const client = {
  provide: Redis,
  inject: [redisConfig.KEY, Shutdown],
  useFactory: (config: ConfigType<typeof redisConfig>, shutdown: Shutdown): Redis => {
    const redis = connectRedis(config.url);
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
