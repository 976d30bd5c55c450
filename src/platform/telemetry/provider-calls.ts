import { observe } from './meter';

/** Everybody outside whom we call. */
type Provider = 'onesignal' | 'fcm' | 'apple' | 'google' | 'hibp' | 'smtp';

/** Measures one call; what it throws counts as failed, and is thrown on. */
export async function observeProviderCall<Result>(
  provider: Provider,
  call: () => Promise<Result>,
): Promise<Result> {
  const began = performance.now();
  const told = (outcome: 'answered' | 'failed') =>
    observe('loopin_provider_call_seconds', { provider, outcome }, (performance.now() - began) / 1_000);
  try {
    const result = await call();
    told('answered');
    return result;
  } catch (error) {
    told('failed');
    throw error;
  }
}
