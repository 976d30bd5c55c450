import type { Child } from '../child.mts';
import type { Ports } from '../ports.mts';
import type { Secrets } from '../secrets.mts';

/** What every backing service is started with. */
export interface ServiceContext {
  readonly root: string;
  readonly state: string;
  readonly ports: Ports;
  readonly secrets: Secrets;
  /** Opens the log file of a service afresh and returns its descriptor. */
  openLog(name: string): number;
}

/** A backing service that the supervisor starts, watches and stops. */
export interface Service {
  readonly name: string;
  /** The signal that asks it to end in order. */
  readonly stopSignal: NodeJS.Signals;
  /** Everything before the process can be spawned: programs, folders. */
  prepare?(context: ServiceContext): Promise<void>;
  spawn(context: ServiceContext): Child;
  /** Whether it answers; asked again until it does. */
  isReady(context: ServiceContext): Promise<boolean>;
}
