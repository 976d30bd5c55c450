import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../../../../platform/database/database';
import type { Transaction } from '../../../../platform/database/transaction';
import { Clock, DAY } from '../../../../shared/clock';
import type { WebhookEndpointId } from '../../../../shared/ids';
import { AuditLog } from '../../../audit';
import { EndpointDisabledMail, EndpointFailingMail, MailService } from '../../../mail';
import type { AttemptResult, Destination } from './delivery-queue';
import { EndpointHealthStore, type FailingEndpoint } from './endpoint-health.store';

const DISABLED_AFTER_MS = 5 * DAY * 1_000;
const NOTICE_AFTER_MS = DISABLED_AFTER_MS / 2;

/**
 * Disables an endpoint that says 410, or that nothing reached for five days. Admins are told by mail when half of that is
 * over, and when it is disabled; each leaves an audit row.
 */
@Injectable()
export class EndpointHealth {
  private readonly logger = new Logger(EndpointHealth.name);

  constructor(
    private readonly store: EndpointHealthStore,
    private readonly mails: MailService,
    private readonly audit: AuditLog,
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /** @param destinations as they were when these were claimed */
  async note(
    results: readonly AttemptResult[],
    destinations: ReadonlyMap<WebhookEndpointId, Destination>,
  ): Promise<void> {
    const endpointsOf = (of: (result: AttemptResult) => boolean) =>
      new Set(results.filter(of).map(({ delivery }) => delivery.endpointId));
    const reached = endpointsOf(({ outcome }) => outcome === 'delivered');
    const gone = endpointsOf(({ outcome }) => outcome === 'gone');
    const failed = endpointsOf(({ outcome }) => outcome !== 'delivered' && outcome !== 'interrupted');
    const recovered = [...reached].filter((id) => destinations.get(id)?.failing === true);
    if (recovered.length > 0) await this.store.recovered(recovered);
    // one that answers some has not failed
    const failing = [...failed].filter((id) => !reached.has(id) || gone.has(id));
    if (failing.length > 0) await this.database.transaction((tx) => this.judge(tx, failing, gone));
  }

  private async judge(
    tx: Transaction,
    ids: readonly WebhookEndpointId[],
    gone: ReadonlySet<WebhookEndpointId>,
  ): Promise<void> {
    const now = this.clock.now();
    for (const endpoint of await this.store.failed(tx, ids, now)) {
      const failedForMs = now.getTime() - endpoint.failingSince.getTime();
      if (gone.has(endpoint.id)) await this.disable(tx, endpoint, 'gone');
      else if (failedForMs >= DISABLED_AFTER_MS) await this.disable(tx, endpoint, 'failing');
      else if (failedForMs >= NOTICE_AFTER_MS && endpoint.noticedAt === null) await this.notice(tx, endpoint);
    }
  }

  private async notice(tx: Transaction, endpoint: FailingEndpoint): Promise<void> {
    await this.store.noticed(tx, endpoint.id, this.clock.now());
    await this.record(tx, endpoint.id, 'failing', {});
    for (const address of await this.store.adminAddresses(tx))
      await this.mails.send(tx, EndpointFailingMail, address, toVariables(endpoint));
    this.logger.warn({ endpointId: endpoint.id }, 'a webhook endpoint fails for half of its time');
  }

  private async disable(
    tx: Transaction,
    endpoint: FailingEndpoint,
    reason: 'failing' | 'gone',
  ): Promise<void> {
    await this.store.disable(tx, endpoint.id, reason, this.clock.now());
    await this.record(tx, endpoint.id, 'disabled', { reason });
    for (const address of await this.store.adminAddresses(tx))
      await this.mails.send(tx, EndpointDisabledMail, address, { ...toVariables(endpoint), reason });
    this.logger.warn({ endpointId: endpoint.id, reason }, 'a webhook endpoint was disabled');
  }

  private async record(
    tx: Transaction,
    id: WebhookEndpointId,
    verb: string,
    details: Record<string, string>,
  ): Promise<void> {
    const target = `webhook_endpoint:${id}`;
    await this.audit.record(tx, { actor: 'system', action: `webhook_endpoint.${verb}`, target, details });
  }
}

/** The host alone: the rest of a URL may hold a token. */
const toVariables = ({ id, url }: FailingEndpoint) => ({ endpointId: id, host: new URL(url).host });
