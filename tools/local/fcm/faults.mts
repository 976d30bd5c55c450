import { type Fault, Faults, USUAL_FAULTS } from '../faults.mts';

const MODES = [...USUAL_FAULTS, '401', '503'] as const;

export type FcmFault = Fault<(typeof MODES)[number]>;
export type FcmFaults = Faults<(typeof MODES)[number]>;

export const fcmFaults = (): FcmFaults => new Faults(MODES);
