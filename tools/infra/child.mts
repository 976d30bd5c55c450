import { spawn } from 'node:child_process';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { Graph } from './graph.mts';

/**
 * The graph of a stage, from a process of its own: the program changes its folder, and a component that fails would
 * take this process with it.
 * @throws with what it said when it fails
 */
export async function childGraph(root: string, stage: string): Promise<Graph> {
  const synth = path.join(root, 'tools/infra/synth.mts');
  const child = spawn(process.execPath, [synth, '--stage', stage], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const json = await text(child.stdout);
  if ((await ended) !== 0) throw new Error(`${stage} does not synthesise`);
  return JSON.parse(json) as Graph;
}
