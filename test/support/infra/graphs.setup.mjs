// Before the tests of the infrastructure: every stage is synthesised once, as a child process with an empty environment.
import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const GRAPHS = {
  prod: ['prod', ''],
  staging: ['staging', ''],
  dev: ['dev', ''],
  switched: ['prod', 'cloudFront,flowLogs,twoNats,awsBackup'],
};

/** Leaves the folder with the graphs in LOOPIN_GRAPHS. */
export default async function setUp() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'loopin-graphs-'));
  process.env.LOOPIN_GRAPHS = folder;
  // npm may need what the environment says of its registry
  await run(['tools/infra/install.mts'], process.env);
  const entries = Object.entries(GRAPHS);
  // two at a time: what one waits for, the other uses
  await Promise.all(
    [0, 1].map((lane) =>
      inTurn(
        entries.filter((_, index) => index % 2 === lane),
        folder,
      ),
    ),
  );
}

async function inTurn(entries, folder) {
  for (const [name, [stage, switches]] of entries) {
    const json = await run(['tools/infra/synth.mts', '--stage', stage], { LOOPIN_SWITCHES: switches });
    writeFileSync(path.join(folder, `${name}.json`), json);
  }
}

function run(args, env) {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out = [];
  const err = [];
  child.stdout.on('data', (chunk) => out.push(chunk));
  child.stderr.on('data', (chunk) => err.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(out).toString());
      else reject(new Error(`${args.join(' ')} ended with ${code}:\n${Buffer.concat(err)}`));
    });
  });
}
