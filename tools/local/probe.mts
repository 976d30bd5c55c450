import net from 'node:net';
import { LOOPBACK } from './ports.mts';

/** How long one look may take, in milliseconds: a process that was stopped accepts and never answers. */
export const PROBE_TIMEOUT_MS = 2_000;

/** Whether a GET is answered with 2xx. */
export async function answersOk(port: number, path: string): Promise<boolean> {
  const signal = AbortSignal.timeout(PROBE_TIMEOUT_MS);
  const response = await fetch(`http://${LOOPBACK}:${port}${path}`, { signal });
  await response.arrayBuffer();
  return response.ok;
}

/** Whether something accepts connections, and, when `ask` is given, answers it with `expected`. */
export function accepts(port: number, ask = '', expected = ''): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ port, host: LOOPBACK, timeout: PROBE_TIMEOUT_MS });
    const answer = (yes: boolean) => {
      socket.destroy();
      resolve(yes);
    };
    socket.once('connect', () => (ask ? socket.write(ask) : answer(true)));
    socket.once('data', (data) => answer(data.toString().startsWith(expected)));
    for (const event of ['error', 'timeout', 'close']) socket.once(event, () => answer(false));
  });
}
