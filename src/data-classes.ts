import { AUDIT_ARCHIVE } from './modules/audit/audit.expiry';
import { AUTH_EXPIRY } from './modules/auth/auth.expiry';
import { EVENTS_EXPIRY } from './modules/events/events.expiry';
import { JOBS_EXPIRY } from './modules/jobs/jobs.expiry';
import { MAIL_EXPIRY } from './modules/mail/mail.expiry';
import { PRIVACY_EXPIRY } from './modules/privacy/privacy.expiry';
import { PUSH_ARCHIVE, PUSH_EXPIRY } from './modules/push/push.expiry';
import { QUEUES_EXPIRY } from './modules/queues/queues.expiry';
import { WEBHOOKS_ARCHIVE, WEBHOOKS_EXPIRY } from './modules/webhooks/webhooks.expiry';
import type { ArchivedTable } from './platform/database/archived-table';
import type { ExpiryRule } from './platform/database/expiry-sweep';
import { IDEMPOTENCY_EXPIRY } from './platform/http/idempotency.expiry';
import { MESSAGE_EXPIRY } from './platform/sqs/message.expiry';
import { DAY } from './shared/clock';

/** An archive's own record leaves when the bucket has deleted the archive. */
const ARCHIVE_EXPIRY: readonly ExpiryRule[] = [
  { table: 'loopin.archives', column: 'archived_at', keepSeconds: 7 * 366 * DAY },
];

/** Rows that leave once they are old enough. */
export const EXPIRING: readonly ExpiryRule[] = [
  ...MESSAGE_EXPIRY,
  ...IDEMPOTENCY_EXPIRY,
  ...AUTH_EXPIRY,
  ...MAIL_EXPIRY,
  ...PUSH_EXPIRY,
  ...WEBHOOKS_EXPIRY,
  ...JOBS_EXPIRY,
  ...QUEUES_EXPIRY,
  ...EVENTS_EXPIRY,
  ...PRIVACY_EXPIRY,
  ...ARCHIVE_EXPIRY,
];

/** Rows that go to the archive before they leave. */
export const ARCHIVED: readonly ArchivedTable[] = [...AUDIT_ARCHIVE, ...WEBHOOKS_ARCHIVE, ...PUSH_ARCHIVE];

/** A table whose rows do not age, and what they go with. */
export interface KeptTable {
  readonly table: `loopin.${string}`;
  readonly until: string;
}

const UNTIL_ERASED = 'the account is erased';

/** What has no period of its own. */
export const KEPT: readonly KeptTable[] = [
  { table: 'loopin.users', until: 'its owner erases it, or nobody used it for 7 years' },
  { table: 'loopin.subject_keys', until: UNTIL_ERASED },
  { table: 'loopin.account_deletions', until: `the deletion is cancelled, or ${UNTIL_ERASED}` },
  { table: 'loopin.devices', until: `its owner deletes it, or ${UNTIL_ERASED}` },
  { table: 'loopin.identities', until: UNTIL_ERASED },
  { table: 'loopin.password_history', until: `five newer passwords, or ${UNTIL_ERASED}` },
  { table: 'loopin.mfa_recovery_codes', until: `the second factor is removed, or ${UNTIL_ERASED}` },
  { table: 'loopin.push_topic_subscriptions', until: `its owner unsubscribes, or ${UNTIL_ERASED}` },
  { table: 'loopin.push_preferences', until: UNTIL_ERASED },
  { table: 'loopin.push_category_sends', until: UNTIL_ERASED },
  { table: 'loopin.push_chunks', until: 'the last delivery of their notification leaves' },
  { table: 'loopin.push_notifications', until: 'for ever: with the counts of what became of it' },
  { table: 'loopin.push_categories', until: 'an administrator deletes it' },
  { table: 'loopin.push_templates', until: 'for ever: a version that was sent stays known' },
  { table: 'loopin.push_slo', until: 'for ever: two counters an hour' },
  { table: 'loopin.media', until: `its owner deletes it, or ${UNTIL_ERASED}; then until its bytes are gone` },
  { table: 'loopin.webhook_endpoints', until: 'an administrator deletes it' },
  { table: 'loopin.gathered_events', until: 'they are events, seconds later' },
  { table: 'loopin.webhook_deliveries', until: 'their event or their endpoint leaves' },
  { table: 'loopin.dead_letter_deaths', until: 'their dead letter leaves' },
  { table: 'loopin.queue_snapshots', until: 'the next look at the queue' },
  { table: 'loopin.app_configs', until: 'for ever: one row a change' },
  { table: 'loopin.signing_keys', until: 'for ever: a revoked key must stay known' },
  { table: 'loopin.api_keys', until: 'for ever: the audit names them' },
  { table: 'loopin.provider_keys', until: 'the provider publishes others' },
  { table: 'loopin.proof_memory', until: 'for ever: one row' },
  { table: 'loopin.audit_seals', until: 'for ever: the chain starts with the first' },
];
