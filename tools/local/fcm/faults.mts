import { type Fault, Faults } from '../faults.mts';

const MODES = [
  '401',
  '429',
  '500',
  '503',
  'timeout_before',
  'timeout_after',
  'reset',
  'empty_id',
  'partial_invalid',
  'invalid_json',
] as const;

export type FcmFault = Fault<(typeof MODES)[number]>;
export type FcmFaults = Faults<(typeof MODES)[number]>;

export const fcmFaults = (): FcmFaults => new Faults(MODES);
