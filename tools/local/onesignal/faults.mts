import { type Fault, Faults } from '../faults.mts';

const MODES = [
  '429',
  '500',
  'timeout_before',
  'timeout_after',
  'reset',
  'empty_id',
  'partial_invalid',
  'invalid_json',
] as const;

export type OneSignalFault = Fault<(typeof MODES)[number]>;
export type OneSignalFaults = Faults<(typeof MODES)[number]>;

export const oneSignalFaults = (): OneSignalFaults => new Faults(MODES);
