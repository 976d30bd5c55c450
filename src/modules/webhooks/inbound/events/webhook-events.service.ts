import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { keysConfig } from '../../../../config/slices';
import { NotFound } from '../../../../shared/domain-error';
import type { WebhookEventId } from '../../../../shared/ids';
import { type Page, type PageQuery, toPage } from '../../../../shared/page';
import { sealContext } from '../webhook.messages';
import { redactPayload } from './payload-redaction';
import { type ListedEvent, WebhookEventListStore } from './webhook-event-list.store';
import type { EventFilter } from './webhook-events.schema';

/** Events to be looked at. What a body says is opened for nobody but the handler: people see its outline. */
@Injectable()
export class WebhookEvents {
  constructor(
    private readonly store: WebhookEventListStore,
    @Inject(keysConfig.KEY) private readonly keys: Pick<ConfigType<typeof keysConfig>, 'data'>,
  ) {}

  async list({ limit, cursor, ...filter }: PageQuery & EventFilter): Promise<Page<ListedEvent>> {
    return toPage(await this.store.list(filter, limit, cursor), limit, ({ id }) => id);
  }

  /** @throws NotFound */
  async inspect(id: WebhookEventId): Promise<ListedEvent & { readonly payload: unknown }> {
    const found = await this.store.find(id);
    if (found === undefined) throw new NotFound();
    const { bodySealed, ...event } = found;
    const body: unknown = JSON.parse(this.keys.data.open(bodySealed, sealContext(id)).toString('utf8'));
    return { ...event, payload: redactPayload(event.source, body) };
  }
}
