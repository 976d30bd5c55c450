import { Logger } from '@nestjs/common';
import { Shutdown } from '../../../platform/lifecycle/shutdown';
import type { AuditSealer } from './audit-sealer';
import { AuditSealing } from './audit-sealing.schedule';

describe('the sealing of the audit', () => {
  beforeAll(() => {
    Logger.overrideLogger(false);
    jest.useFakeTimers();
  });
  afterAll(() => {
    jest.useRealTimers();
  });

  it('goes on at its pace while the bucket for copies is away', async () => {
    const turns = { sealed: 0, copied: 0 };
    const sealer: Pick<AuditSealer, 'sealNext' | 'copyNewest'> = {
      sealNext: async () => {
        turns.sealed += 1;
        return false;
      },
      copyNewest: async () => {
        turns.copied += 1;
        throw new Error('the bucket is away');
      },
    };
    const sealing = new AuditSealing(sealer as AuditSealer, new Shutdown());
    sealing.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(120_000);
    sealing.onModuleDestroy();
    expect(turns.sealed).toBe(12);
    // each time a little later, and never given up
    expect(turns.copied).toBeGreaterThan(2);
    expect(turns.copied).toBeLessThan(turns.sealed);
  });
});
