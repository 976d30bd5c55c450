import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { keysConfig } from '../../../../config/slices';
import { Database } from '../../../../platform/database/database';
import type { Transaction } from '../../../../platform/database/transaction';
import { Clock } from '../../../../shared/clock';
import { NotFound } from '../../../../shared/domain-error';
import type { WebhookEndpointId } from '../../../../shared/ids';
import { type Page, type PageQuery, toPage } from '../../../../shared/page';
import { AuditLog } from '../../../audit';
import { EndpointLimitReached } from '../outbound.errors';
import { EndpointSecrets } from '../sending/endpoint-secrets';
import { newSecret } from '../sending/signing';
import { type WebhookEndpoint, WebhookEndpointStore } from './webhook-endpoint.store';

/** Each has its own share of a worker's connections: many more would need more of these. */
const MOST_ENDPOINTS = 200;

/** Looks at what is there now, and throws when the change was not made for that. */
type MayChange = (current: WebhookEndpoint) => void;

export interface EndpointRequest {
  readonly url: string;
  readonly eventTypes: readonly string[];
  readonly description?: string | null | undefined;
}

export type RequestedChange = {
  readonly [Name in keyof (EndpointRequest & Pick<WebhookEndpoint, 'state'>)]?:
    | (EndpointRequest & Pick<WebhookEndpoint, 'state'>)[Name]
    | undefined;
};

/** Who is told of what happens here, and by what secret they know us. */
@Injectable()
export class WebhookEndpoints {
  constructor(
    private readonly store: WebhookEndpointStore,
    private readonly audit: AuditLog,
    private readonly database: Database,
    private readonly clock: Clock,
    @Inject(keysConfig.KEY) private readonly keys: ConfigType<typeof keysConfig>,
  ) {}

  /**
   * @param id of the new endpoint: the same one again makes no second endpoint
   * @throws EndpointLimitReached
   */
  async create(
    actor: string,
    id: WebhookEndpointId,
    request: EndpointRequest,
  ): Promise<{ endpoint: WebhookEndpoint; secret: string }> {
    const secret = newSecret();
    return this.database.transaction(async (tx) => {
      if ((await this.store.lockCount(tx, id)) >= MOST_ENDPOINTS) throw new EndpointLimitReached();
      const secretsSealed = EndpointSecrets.of(secret).seal(this.keys.data, id);
      const { url, eventTypes, description = null } = request;
      const draft = { id, url, eventTypes, description, secretsSealed };
      const endpoint = await this.store.add(tx, draft, this.clock.now());
      await this.record(tx, actor, 'created', id);
      return { endpoint, secret };
    });
  }

  /** @throws NotFound */
  async get(id: WebhookEndpointId): Promise<WebhookEndpoint> {
    const endpoint = await this.store.find(id);
    if (endpoint === undefined) throw new NotFound();
    return endpoint;
  }

  async list(page: PageQuery): Promise<Page<WebhookEndpoint>> {
    const rows = await this.store.list(page.limit, page.cursor as WebhookEndpointId | undefined);
    return toPage(rows, page.limit, (endpoint) => endpoint.id);
  }

  /** @throws NotFound */
  async change(
    actor: string,
    id: WebhookEndpointId,
    { url, eventTypes, description, state }: RequestedChange,
    mayChange: MayChange,
  ): Promise<WebhookEndpoint> {
    return this.database.transaction(async (tx) => {
      const current = await this.lock(tx, id);
      mayChange(current);
      const next = state ?? current.state;
      const change = {
        url: url ?? current.url,
        eventTypes: eventTypes ?? current.eventTypes,
        description: description === undefined ? current.description : description,
        state: next,
        disabledReason: next === 'enabled' ? null : (current.disabledReason ?? ('operator' as const)),
      };
      const changed = await this.store.change(tx, id, change, this.clock.now());
      await this.record(tx, actor, 'changed', id, { state: next });
      return changed;
    });
  }

  /** Its deliveries go with it. @throws NotFound */
  async delete(actor: string, id: WebhookEndpointId, mayChange: MayChange): Promise<void> {
    await this.database.transaction(async (tx) => {
      mayChange(await this.lock(tx, id));
      await this.store.delete(tx, id);
      await this.record(tx, actor, 'deleted', id);
    });
  }

  /**
   * A new secret; the old one signs beside it for 24 hours.
   * @param rotationId the same one again, after a crash, replaces the secret that nobody has seen
   * @throws NotFound
   */
  async rotate(
    actor: string,
    id: WebhookEndpointId,
    rotationId: string,
  ): Promise<{ secret: string; previousUntil: Date }> {
    const secret = newSecret();
    return this.database.transaction(async (tx) => {
      const now = this.clock.now();
      const sealed = await this.store.lockSecrets(tx, id);
      if (sealed === undefined) throw new NotFound();
      const secrets = EndpointSecrets.open(this.keys.data, id, sealed.secretsSealed);
      const again = sealed.rotationId === rotationId;
      const rotated = again ? secrets.replaced(secret) : secrets.rotated(secret, now);
      await this.store.setSecrets(tx, id, { secretsSealed: rotated.seal(this.keys.data, id), rotationId });
      await this.record(tx, actor, 'secret_rotated', id);
      return { secret, previousUntil: rotated.previousUntil ?? now };
    });
  }

  private async lock(tx: Transaction, id: WebhookEndpointId): Promise<WebhookEndpoint> {
    const endpoint = await this.store.lock(tx, id);
    if (endpoint === undefined) throw new NotFound();
    return endpoint;
  }

  private async record(
    tx: Transaction,
    actor: string,
    verb: string,
    id: WebhookEndpointId,
    details: Record<string, string> = {},
  ): Promise<void> {
    const target = `webhook_endpoint:${id}`;
    await this.audit.record(tx, { actor, action: `webhook_endpoint.${verb}`, target, details });
  }
}
