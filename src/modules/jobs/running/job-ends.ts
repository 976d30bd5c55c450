import { SafeError } from '../../../shared/safe-error';

/** Why an attempt ends before its handler is through. A handler lets it pass. */
export class JobCancelled extends SafeError {
  constructor() {
    super('cancelled');
  }
}

/** This process stops: another one goes on from the last checkpoint. */
export class WorkerStops extends SafeError {
  constructor() {
    super('the worker stops');
  }
}

/** Another attempt has begun, since this one was silent for too long: nothing of it counts any more. */
export class AttemptOvertaken extends SafeError {
  constructor() {
    super('another attempt has begun');
  }
}

/** Thrown by a handler for which another attempt makes no sense. */
export class GiveUp extends SafeError {}
