import type { Report } from '../harness/report.mts';
import type { TestBed } from '../harness/test-bed.mts';
import { accountTiming } from './account-timing.mts';
import { deviceRead } from './device-read.mts';
import { fanout } from './fanout.mts';
import { fairness } from './fanout-fairness.mts';
import { keyRotation } from './key-rotation.mts';
import { loginStorm } from './login-storm.mts';
import { retention } from './retention.mts';
import { start } from './start.mts';
import { versionGate } from './version-gate.mts';
import { webhookFairness } from './webhook-fairness.mts';
import { webhookIntake } from './webhook-intake.mts';
import { webhookOutbound } from './webhook-outbound.mts';

export interface Bench {
  /** What it measures, in one line. */
  readonly line: string;
  readonly run: (bed: TestBed) => Promise<Report>;
}

export const benches: ReadonlyMap<string, Bench> = new Map([
  ['start', start],
  ['device-read', deviceRead],
  ['login-storm', loginStorm],
  ['account-timing', accountTiming],
  ['key-rotation', keyRotation],
  ['fanout', fanout],
  ['fanout-fairness', fairness],
  ['webhook-intake', webhookIntake],
  ['version-gate', versionGate],
  ['webhook-outbound', webhookOutbound],
  ['webhook-fairness', webhookFairness],
  ['retention', retention],
]);
