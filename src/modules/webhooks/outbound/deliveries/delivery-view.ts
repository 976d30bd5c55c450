import type { Keyring } from '../../../../shared/keyring';
import { excerptContext } from '../sending/excerpt-context';
import type { DeliveryView } from './deliveries.schema';
import type { Delivery } from './delivery-log.store';

/** @param keyring what excerpts are sealed by */
export function toDeliveryView(endpointId: string, delivery: Delivery, keyring: Keyring): DeliveryView {
  const { eventId, state, nextAttemptAt, settledAt } = delivery;
  const context = excerptContext(endpointId, eventId);
  return {
    id: eventId,
    type: delivery.type,
    state,
    occurredAt: delivery.occurredAt.toISOString(),
    nextAttemptAt: state === 'pending' ? nextAttemptAt.toISOString() : null,
    settledAt: settledAt?.toISOString() ?? null,
    attemptCount: delivery.attemptCount,
    attempts: delivery.attempts.map(({ number, startedAt, outcome, status, latencyMs, responseSealed }) => ({
      number,
      startedAt: startedAt.toISOString(),
      outcome,
      status,
      latencyMs,
      response: responseSealed && keyring.open(responseSealed, context).toString('utf8'),
    })),
  };
}
