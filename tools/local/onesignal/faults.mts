import { type Fault, Faults, USUAL_FAULTS } from '../faults.mts';

const MODES = USUAL_FAULTS;

export type OneSignalFault = Fault<(typeof MODES)[number]>;
export type OneSignalFaults = Faults<(typeof MODES)[number]>;

export const oneSignalFaults = (): OneSignalFaults => new Faults(MODES);
