import type { Answer } from './api';
import { expectStatus } from './api';
import type { TestStack } from './test-stack';
import type { Persona } from './test-tokens';
import { waitFor } from './wait-for';

export interface EndpointView {
  readonly id: string;
  readonly url: string;
  readonly eventTypes: string[];
  readonly state: string;
  readonly disabledReason: string | null;
  readonly secret: string;
}

export interface DeliveryView {
  readonly id: string;
  readonly type: string;
  readonly state: string;
  readonly attemptCount: number;
  readonly attempts: { outcome: string; status: number; latencyMs: number; response: string | null }[];
}

/** An admin who manages webhook endpoints. */
export class EndpointManager {
  constructor(
    private readonly stack: TestStack,
    private readonly admin: Persona,
  ) {}

  /** @param path below the endpoints */
  call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.stack.api.request(method, `/v1/webhook-endpoints${path}`, {
      headers: { ...this.admin.authorization, ...headers },
      body,
    });
  }

  async create(url: string, ...eventTypes: string[]): Promise<EndpointView> {
    return expectStatus(await this.call('POST', '', { url, eventTypes }), 200).json<EndpointView>();
  }

  async deliveries(id: string, query = '') {
    return expectStatus(await this.call('GET', `/${id}/deliveries${query}`), 200).json<{
      data: DeliveryView[];
      nextCursor: string | null;
    }>();
  }

  /** The newest delivery, once it is in this state. */
  settled(id: string, state: string): Promise<DeliveryView> {
    return waitFor(
      `a delivery that is ${state}`,
      async () => {
        const [newest] = (await this.deliveries(id)).data;
        if (newest?.state !== state) throw new Error(JSON.stringify(newest));
        return newest;
      },
      20_000,
    );
  }

  /** @returns the id of the test's event */
  async test(id: string): Promise<string> {
    return expectStatus(await this.call('POST', `/${id}/test`), 202).json<{ id: string }>().id;
  }
}
