import type { LocalStack } from '../../tools/local/client.mts';
import type { TestBed } from '../harness/test-bed.mts';
import { appSpec } from './app.mts';
import { type SignedInPhone, signInPhones } from './signed-in-phones.mts';

/** People with accounts. The worker runs only while mails are to be sent. */
export async function preparePhones(
  bed: TestBed,
  stack: LocalStack,
  count: number,
): Promise<SignedInPhone[]> {
  const worker = bed.server(appSpec(stack, 'worker', { cores: bed.cores.load }));
  await worker.listening();
  const phones = await signInPhones(stack, count);
  await worker.stop();
  return phones;
}
