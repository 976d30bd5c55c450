import { createRequire } from 'node:module';
import path from 'node:path';
import { ROOT } from '../harness/test-bed.mts';

const CALLS = 200_000;
const ROUNDS = 9;

/**
 * The version gate without a request around it: its own share is far below what two windows of load differ by.
 * @returns microseconds of CPU for one request, the median of some rounds
 */
export function gateAlone(config: unknown, headers: readonly Readonly<Record<string, string>>[]): number {
  const built = createRequire(path.join(ROOT, 'dist/src/main.js'));
  built('reflect-metadata');
  const { AppConfigGate } = built('./modules/app-config/app-config.gate.js');
  const known = { version: 1, config, changedAt: null };
  const gate = new AppConfigGate({ get: () => known }, { now: () => new Date() });
  const requests = headers.map((one) => ({ headers: one, principal: undefined }));
  const rounds = Array.from({ length: ROUNDS }, () => {
    const begin = process.cpuUsage();
    for (let call = 0; call < CALLS; call += 1)
      gate.assertServed(requests[call % requests.length], undefined);
    const { user, system } = process.cpuUsage(begin);
    return (user + system) / CALLS;
  });
  return rounds.toSorted((a, b) => a - b)[(ROUNDS - 1) / 2] ?? Number.NaN;
}
