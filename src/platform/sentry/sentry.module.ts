import { Module } from '@nestjs/common';
import { Shutdown } from '../lifecycle/shutdown';
import { endReporting } from './reporting';

/** A stop waits no longer than this for Sentry. */
const MOST_WAIT_MS = 2_000;

/** Sends what is still to be reported when the process stops. */
@Module({})
export class SentryModule {
  constructor(shutdown: Shutdown) {
    shutdown.onClose(() => endReporting(MOST_WAIT_MS));
  }
}
