import { ArchiveMonths } from './modules/archive/archive.jobs';
import { MakeAuditMonths } from './modules/audit/audit.jobs';
import { RotateSigningKeys, WarnOfApiKeys } from './modules/auth/auth.jobs';
import { EndSilentDevices } from './modules/devices/devices.jobs';
import { DeleteExpired } from './modules/housekeeping/housekeeping.jobs';
import { RemoveLeftoverMedia } from './modules/media/media.jobs';
import { EraseUnusedAccounts } from './modules/privacy/privacy.jobs';
import { QueueLostEvents } from './modules/webhooks/webhooks.jobs';
import { HOUR, MINUTE } from './shared/clock';
import { defineSchedule } from './shared/schedule';

/**
 * Everything that the calendar starts, in one list: who ticks (each worker, or EventBridge) takes it from here. What
 * happens every second or so is no schedule: the outbox relay, pollers, jobs and notifications that wait for their
 * time, recipients that are held for theirs. Those are loops (`Turns`), which cost no row a turn.
 */
export const SCHEDULES = [
  defineSchedule({ name: 'delete-expired', everySeconds: MINUTE, job: DeleteExpired, catchUp: 'skip' }),
  defineSchedule({ name: 'queue-lost-events', everySeconds: MINUTE, job: QueueLostEvents, catchUp: 'skip' }),
  defineSchedule({
    name: 'remove-leftover-media',
    everySeconds: MINUTE,
    job: RemoveLeftoverMedia,
    catchUp: 'skip',
  }),
  // not on the hour, when everybody else's jobs run
  defineSchedule({
    name: 'rotate-signing-keys',
    everySeconds: HOUR,
    offsetSeconds: 7 * MINUTE,
    job: RotateSigningKeys,
    catchUp: 'latest',
  }),
  defineSchedule({
    name: 'warn-of-api-keys',
    everySeconds: HOUR,
    offsetSeconds: 8 * MINUTE,
    job: WarnOfApiKeys,
    catchUp: 'latest',
  }),
  defineSchedule({
    name: 'end-silent-devices',
    everySeconds: HOUR,
    offsetSeconds: 17 * MINUTE,
    job: EndSilentDevices,
    catchUp: 'latest',
  }),
  defineSchedule({
    name: 'make-audit-months',
    everySeconds: 6 * HOUR,
    offsetSeconds: 23 * MINUTE,
    job: MakeAuditMonths,
    catchUp: 'latest',
  }),
  defineSchedule({
    name: 'archive-months',
    everySeconds: HOUR,
    offsetSeconds: 27 * MINUTE,
    job: ArchiveMonths,
    catchUp: 'latest',
  }),
  defineSchedule({
    name: 'erase-unused-accounts',
    everySeconds: HOUR,
    offsetSeconds: 37 * MINUTE,
    job: EraseUnusedAccounts,
    catchUp: 'latest',
  }),
];
