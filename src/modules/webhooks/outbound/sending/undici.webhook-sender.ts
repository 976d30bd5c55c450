import { Injectable } from '@nestjs/common';
import { OriginPools } from '../../../../platform/outbound/origin-pools';
import { AnswerReader } from './answer-reader';
import { sign } from './signing';
import { type OutgoingWebhook, type WebhookAnswer, WebhookSender } from './webhook-sender';

const TIMEOUT_MS = 15_000;

/** Sends over kept connections, to the public internet only. */
@Injectable()
export class UndiciWebhookSender extends WebhookSender {
  private readonly underWay = new Set<AnswerReader>();

  constructor(private readonly pools: OriginPools) {
    super();
  }

  send(webhook: OutgoingWebhook): Promise<WebhookAnswer> {
    return new Promise((resolve) => {
      const reader = new AnswerReader((answer) => {
        clearTimeout(timer);
        this.underWay.delete(reader);
        // undici takes a connection back a turn later: whoever sends the next at once would open another one
        setImmediate(resolve, answer);
      });
      const timer = setTimeout(() => reader.end('timed_out'), TIMEOUT_MS);
      this.underWay.add(reader);
      this.dispatch(webhook, reader);
    });
  }

  abort(): void {
    for (const reader of this.underWay) reader.end('interrupted');
  }

  private dispatch({ origin, path, id, body, keys, now }: OutgoingWebhook, reader: AnswerReader): void {
    const timestamp = String(Math.floor(now.getTime() / 1_000));
    const headers = [
      ...['content-type', 'application/json', 'user-agent', 'Loopin-Webhooks/1', 'webhook-id', id],
      ...['webhook-timestamp', timestamp, 'webhook-signature', sign(keys, id, timestamp, body)],
    ];
    try {
      this.pools.for(origin).dispatch({ origin, path, method: 'POST', headers, body }, reader);
    } catch {
      reader.end('unreachable');
    }
  }
}
