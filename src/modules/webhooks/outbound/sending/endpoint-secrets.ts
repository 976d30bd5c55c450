import { z } from 'zod';
import { DAY, secondsAfter } from '../../../../shared/clock';
import type { Keyring } from '../../../../shared/keyring';

const OVERLAP_SECONDS = DAY;
/** Each costs a signature: of more, the oldest end early. */
const MOST_PREVIOUS = 4;

const Stored = z.object({
  current: z.string(),
  previous: z.array(z.object({ secret: z.string(), until: z.iso.datetime() })),
});

/** The secret of an endpoint, and those it replaced less than 24 hours ago. */
export class EndpointSecrets {
  private constructor(private readonly stored: z.infer<typeof Stored>) {}

  static of(secret: string): EndpointSecrets {
    return new EndpointSecrets({ current: secret, previous: [] });
  }

  /** @throws Error when they were sealed for another endpoint or changed */
  static open(keyring: Keyring, endpointId: string, sealed: Buffer): EndpointSecrets {
    const text = keyring.open(sealed, sealContext(endpointId)).toString('utf8');
    return new EndpointSecrets(Stored.parse(JSON.parse(text)));
  }

  seal(keyring: Keyring, endpointId: string): Buffer {
    return keyring.seal(JSON.stringify(this.stored), sealContext(endpointId));
  }

  /** What is signed with now, newest first. */
  inForce(now: Date): readonly string[] {
    const { current, previous } = this.stored;
    return [current, ...previous.filter(({ until }) => new Date(until) > now).map(({ secret }) => secret)];
  }

  /** The present one is signed with for 24 hours more. */
  rotated(secret: string, now: Date): EndpointSecrets {
    const { current, previous } = this.stored;
    const inForce = previous.filter(({ until }) => new Date(until) > now);
    const replaced = { secret: current, until: secondsAfter(now, OVERLAP_SECONDS).toISOString() };
    return new EndpointSecrets({ current: secret, previous: [replaced, ...inForce].slice(0, MOST_PREVIOUS) });
  }

  /** Nobody has seen the present one. */
  replaced(secret: string): EndpointSecrets {
    return new EndpointSecrets({ ...this.stored, current: secret });
  }

  /** When the one before ends, if there is one. */
  get previousUntil(): Date | undefined {
    const [newest] = this.stored.previous;
    return newest && new Date(newest.until);
  }
}

const sealContext = (endpointId: string): string => `webhook-endpoint:${endpointId}`;
