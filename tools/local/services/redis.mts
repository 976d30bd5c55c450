import { mkdirSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { Child } from '../child.mts';
import { LOOPBACK } from '../ports.mts';
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
    isReady: ({ ports }) => answersPing(ports.redis),
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

function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, LOOPBACK, () => socket.write('PING\r\n'));
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString().startsWith('+PONG'));
    });
    socket.once('error', () => resolve(false));
  });
}
