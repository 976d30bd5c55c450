import type { ProviderName, PushProvider } from './push-provider';

/** The providers that are configured. */
export class PushProviders {
  constructor(private readonly all: readonly PushProvider[]) {}

  get(name: string): PushProvider | undefined {
    return this.all.find((one) => one.name === name);
  }

  /** The other way to a phone, when it is there and open to calls. */
  otherThan(name: ProviderName): PushProvider | undefined {
    return this.all.find((one) => one.name !== name && !one.isOpen);
  }
}
