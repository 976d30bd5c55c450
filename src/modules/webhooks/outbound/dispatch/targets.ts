import type { KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { MINUTE } from '../../../../shared/clock';
import type { WebhookEndpointId } from '../../../../shared/ids';
import type { Keyring } from '../../../../shared/keyring';
import { EndpointSecrets } from '../sending/endpoint-secrets';
import { toSigningKey } from '../sending/signing';
import type { Destination } from './delivery-queue';

/** There are at most 200 endpoints. */
const MOST = 256;
/** Secrets of endpoints that are gone are not kept for longer. */
const KEEP_MS = 10 * MINUTE * 1_000;

/** What is needed to send to a destination. */
export interface Target {
  readonly destination: Destination;
  readonly origin: string;
  readonly path: string;
  /** Newest first. */
  readonly keys: readonly KeyObject[];
}

interface Opened extends Pick<Target, 'origin' | 'path'> {
  readonly from: Destination;
  readonly secrets: EndpointSecrets;
}

/** Opens the secrets of each endpoint once, not at each claim: until they are others, or its URL is. */
export class Targets {
  private readonly opened = new LRUCache<WebhookEndpointId, Opened>({ max: MOST, ttl: KEEP_MS });

  constructor(private readonly keyring: Keyring) {}

  /**
   * @param now decides which of its secrets are in force
   * @throws Error when the secrets were sealed for another endpoint or changed
   */
  of(destination: Destination, now: Date): Target {
    const { origin, path, secrets } = this.open(destination);
    return { destination, origin, path, keys: secrets.inForce(now).map(toSigningKey) };
  }

  private open(destination: Destination): Opened {
    const { id, url, secretsSealed } = destination;
    const known = this.opened.get(id);
    if (known?.from.url === url && known.from.secretsSealed.equals(secretsSealed)) return known;
    const { origin, pathname, search } = new URL(url);
    const secrets = EndpointSecrets.open(this.keyring, id, secretsSealed);
    const opened = { from: destination, origin, path: `${pathname}${search}`, secrets };
    this.opened.set(id, opened);
    return opened;
  }
}
