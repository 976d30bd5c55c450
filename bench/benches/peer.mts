import path from 'node:path';
import { findFreePort } from '../../tools/local/ports.mts';
import type { ServerProcess } from '../harness/server-process.mts';
import type { TestBed } from '../harness/test-bed.mts';

const PEERS = path.join(import.meta.dirname, '../peers');

/**
 * Starts one of bench/peers, and waits until it listens.
 * @param cores those of the server under test unless said otherwise
 */
export async function startPeer(
  bed: TestBed,
  name: string,
  env: Readonly<Record<string, string>>,
  cores?: string,
): Promise<ServerProcess> {
  const port = await findFreePort();
  const peer = bed.server({
    name,
    args: [path.join(PEERS, `${name}.mts`)],
    env: { ...process.env, ...env, PORT: String(port) },
    port,
    healthPath: '/_health',
    ...(cores !== undefined && { cores }),
  });
  await peer.listening();
  return peer;
}
