import path from 'node:path';
import { findFreePort } from '../../tools/local/ports.mts';
import type { ServerProcess } from '../harness/server-process.mts';
import type { TestBed } from '../harness/test-bed.mts';

const PEERS = path.join(import.meta.dirname, '../peers');

interface PeerOptions {
  /** Its file in bench/peers, without the ending. */
  readonly file: string;
  /** In the report; the file's unless said otherwise. */
  readonly name?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A free one unless said otherwise. */
  readonly port?: number;
  /** Those of the server under test unless said otherwise. */
  readonly cores?: string;
}

/** Starts one of bench/peers, and waits until it listens. */
export async function startPeer(bed: TestBed, options: PeerOptions): Promise<ServerProcess> {
  const { file, name = file, env, port = await findFreePort(), cores } = options;
  const peer = bed.server({
    name,
    args: [path.join(PEERS, `${file}.mts`)],
    env: { ...process.env, ...env, PORT: String(port) },
    port,
    healthPath: '/_health',
    ...(cores !== undefined && { cores }),
  });
  await peer.listening();
  return peer;
}
