import { WEB_AND_WORKER } from '../../tools/local/app/commands.mts';
import type { LocalStack } from '../../tools/local/client.mts';
import type { ServerSpec } from '../harness/server-process.mts';

export type Mode = 'web' | 'worker';

/** Our own processes as `npm start` runs them, on the services of a local stack. */
export function appSpec(
  stack: LocalStack,
  mode: Mode,
  placement: Pick<ServerSpec, 'cores' | 'logs'> = {},
): ServerSpec {
  const port = stack.ports[mode];
  return {
    name: mode,
    args: WEB_AND_WORKER,
    env: { ...process.env, ...stack.env, APP_MODE: mode, PORT: String(port) },
    port,
    healthPath: '/health/live',
    ...placement,
  };
}
