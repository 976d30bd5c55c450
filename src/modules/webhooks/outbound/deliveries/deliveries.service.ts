import { Injectable } from '@nestjs/common';
import { Database } from '../../../../platform/database/database';
import type { Transaction } from '../../../../platform/database/transaction';
import { Clock, DAY, secondsAfter } from '../../../../shared/clock';
import { NotFound, ValidationFailed } from '../../../../shared/domain-error';
import type { DomainEventId, WebhookEndpointId } from '../../../../shared/ids';
import { type Page, type PageQuery, toPage } from '../../../../shared/page';
import { AuditLog } from '../../../audit';
import { toEvent, WebhookTest } from '../../../events';
import { WebhookEndpointStore } from '../endpoints/webhook-endpoint.store';
import { EndpointIsDisabled } from '../outbound.errors';
import type { DeliveryState } from '../sending/outcome';
import { type Delivery, DeliveryLogStore, type EventPosition } from './delivery-log.store';

const RECOVER_DAYS = 14;
const RECOVER_PAGE = 1_000;
/** In one call: the caller goes on from there. */
const RECOVER_PAGES = 50;
const FIRST_ID = '00000000-0000-0000-0000-000000000000' as DomainEventId;

/** What was sent to an endpoint, and sending it again. */
@Injectable()
export class WebhookDeliveries {
  constructor(
    private readonly store: DeliveryLogStore,
    private readonly endpoints: WebhookEndpointStore,
    private readonly audit: AuditLog,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @throws NotFound */
  async list(
    id: WebhookEndpointId,
    { limit, cursor, state }: PageQuery & { readonly state?: DeliveryState | undefined },
  ): Promise<Page<Delivery>> {
    if ((await this.endpoints.find(id)) === undefined) throw new NotFound();
    const after = cursor as DomainEventId | undefined;
    return toPage(await this.store.list(id, { limit, after, state }), limit, ({ eventId }) => eventId);
  }

  /**
   * Sends an event of its own to this endpoint, whatever it subscribes to.
   * @param eventId the same one again sends nothing more
   * @throws NotFound
   * @throws EndpointIsDisabled
   */
  async sendTest(actor: string, id: WebhookEndpointId, eventId: DomainEventId): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.assertEnabled(tx, id);
      const event = toEvent(WebhookTest, { endpointId: id }, this.clock.now());
      await this.store.addFor(tx, id, { ...event, id: eventId });
      await this.record(tx, actor, 'tested', id);
    });
  }

  /**
   * One delivery, whatever became of it. The receiver sees the same `webhook-id` again.
   * @throws NotFound
   * @throws EndpointIsDisabled
   */
  async resend(actor: string, id: WebhookEndpointId, eventId: DomainEventId): Promise<void> {
    await this.database.transaction(async (tx) => {
      await this.assertEnabled(tx, id);
      if (!(await this.store.resend(tx, id, eventId, this.clock.now()))) throw new NotFound();
      await this.record(tx, actor, 'resent', id, { delivery: eventId });
    });
  }

  /**
   * Everything since then that never reached it, whether it failed or the endpoint was disabled.
   * @returns how many, and where to go on when there is more than one call does
   * @throws NotFound
   * @throws EndpointIsDisabled
   * @throws ValidationFailed when it is more than 14 days ago
   */
  async recover(
    actor: string,
    id: WebhookEndpointId,
    since: Date,
  ): Promise<{ count: number; nextSince: Date | undefined }> {
    if (since < secondsAfter(this.clock.now(), -RECOVER_DAYS * DAY)) {
      throw new ValidationFailed([{ path: 'since', message: `is more than ${RECOVER_DAYS} days ago` }]);
    }
    let count = 0;
    let position: EventPosition = { occurredAt: since, id: FIRST_ID };
    for (let page = 0; page < RECOVER_PAGES; page += 1) {
      const { recovered, last } = await this.recoverPage(actor, id, position);
      count += recovered;
      if (last === undefined) return { count, nextSince: undefined };
      position = last;
    }
    return { count, nextSince: position.occurredAt };
  }

  private recoverPage(actor: string, id: WebhookEndpointId, after: EventPosition) {
    return this.database.transaction(async (tx) => {
      await this.assertEnabled(tx, id);
      const page = await this.store.recover(tx, id, after, RECOVER_PAGE, this.clock.now());
      if (page.recovered > 0) await this.record(tx, actor, 'recovered', id, { count: page.recovered });
      return page;
    });
  }

  private async assertEnabled(tx: Transaction, id: WebhookEndpointId): Promise<void> {
    const endpoint = await this.endpoints.lock(tx, id);
    if (endpoint === undefined) throw new NotFound();
    if (endpoint.state !== 'enabled') throw new EndpointIsDisabled();
  }

  private async record(
    tx: Transaction,
    actor: string,
    verb: string,
    id: WebhookEndpointId,
    details: Record<string, string | number> = {},
  ): Promise<void> {
    const target = `webhook_endpoint:${id}`;
    await this.audit.record(tx, { actor, action: `webhook_endpoint.${verb}`, target, details });
  }
}
