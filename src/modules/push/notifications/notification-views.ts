import type { Delivery, NotificationSummary } from './notification.store';
import type { DeliveriesAnswer, NotificationAnswer } from './notifications.schema';

/** @param receipts whether the provider tells of deliveries at all */
export function toAnswer(summary: NotificationSummary, receipts: boolean): NotificationAnswer {
  const { counts, createdAt, ...rest } = summary;
  const { pending, suppressed, failed, invalid: invalidToken } = counts;
  const sent = counts.sent + counts.delivered;
  return {
    ...rest,
    counts: {
      targeted: pending + suppressed + sent + failed + invalidToken,
      pending,
      suppressed,
      sent,
      delivered: receipts ? counts.delivered : null,
      failed,
      invalidToken,
    },
    createdAt: createdAt.toISOString(),
    sendAt: iso(summary.sendAt),
    expiresAt: iso(summary.expiresAt),
    audienceResolvedAt: iso(summary.audienceResolvedAt),
    completedAt: iso(summary.completedAt),
  };
}

export const toDeliveryView = ({
  target: _,
  updatedAt,
  ...delivery
}: Delivery): DeliveriesAnswer['data'][number] => ({
  ...delivery,
  updatedAt: updatedAt.toISOString(),
});

const iso = (time: Date | null): string | null => time?.toISOString() ?? null;
