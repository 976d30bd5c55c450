import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { Child } from '../child.mts';
import { LOOPBACK } from '../ports.mts';
import { accepts } from '../probe.mts';
import { type RedisProgram, redisProgram } from './redis-program.mts';
import type { Service, ServiceContext } from './service.mts';

/** Redis or Valkey, in memory only: the app has to go on without what was in it. */
export function redisService(): Service {
  let program: RedisProgram | undefined;
  return {
    name: 'redis',
    stopSignal: 'SIGTERM',
    async prepare() {
      program = await redisProgram();
    },
    spawn(context) {
      if (!program) throw new Error('prepare() comes first');
      return spawnRedis(context, program);
    },
    isReady: ({ ports }) => accepts(ports.redis, 'PING\r\n', '+PONG'),
  };
}

function spawnRedis({ state, ports, openLog }: ServiceContext, { command, env }: RedisProgram): Child {
  const folder = path.join(state, 'redis');
  mkdirSync(folder, { recursive: true });
  const log = openLog('redis');
  const place = ['--bind', LOOPBACK, '--port', String(ports.redis), '--dir', folder];
  return new Child('redis', command, [...place, '--save', '', '--appendonly', 'no'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', log, log],
  });
}
