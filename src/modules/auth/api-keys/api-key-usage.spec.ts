import { Logger } from '@nestjs/common';
import { Shutdown } from '../../../platform/lifecycle/shutdown';
import { type ApiKeyId, newId } from '../../../shared/ids';
import { ApiKeyStore } from './api-key.store';
import { ApiKeyUsage } from './api-key-usage';

/** Only what the usage writes. */
class WrittenUses extends ApiKeyStore {
  readonly written: [ApiKeyId, Date][][] = [];
  failing = false;

  async markUsed(uses: ReadonlyMap<ApiKeyId, Date>): Promise<void> {
    if (this.failing) throw new Error('away');
    this.written.push([...uses]);
  }

  add = unexpected;
  findByKeyId = unexpected;
  lock = unexpected;
  list = unexpected;
  revoke = unexpected;
  replace = unexpected;
  claimWarnings = unexpected;
}

async function unexpected(): Promise<never> {
  throw new Error('not expected here');
}

describe('ApiKeyUsage', () => {
  const [a, b] = [newId<'ApiKey'>(), newId<'ApiKey'>()];
  const at = (second: number) => new Date(second * 1000);
  let store: WrittenUses;
  let shutdown: Shutdown;
  let usage: ApiKeyUsage;

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => {
    store = new WrittenUses();
    shutdown = new Shutdown();
    usage = new ApiKeyUsage(store, shutdown);
  });

  it('writes the last use of each key in one go', async () => {
    usage.note(a, at(1));
    usage.note(b, at(2));
    usage.note(a, at(3));
    await usage.write();
    await usage.write();
    expect(store.written).toEqual([
      [
        [a, at(3)],
        [b, at(2)],
      ],
    ]);
  });

  it('keeps what could not be written, and what came after it wins', async () => {
    store.failing = true;
    usage.note(a, at(1));
    usage.note(b, at(1));
    await usage.write();
    usage.note(b, at(2));
    store.failing = false;
    await usage.write();
    expect(store.written.map((uses) => new Map(uses))).toEqual([
      new Map([
        [a, at(1)],
        [b, at(2)],
      ]),
    ]);
  });

  it('writes the rest when the process ends', async () => {
    usage.note(a, at(1));
    await shutdown.onApplicationShutdown();
    expect(store.written).toEqual([[[a, at(1)]]]);
  });
});
