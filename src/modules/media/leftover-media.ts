import { Injectable } from '@nestjs/common';
import { ObjectStorage } from '../../platform/storage/object-storage';
import { Clock } from '../../shared/clock';
import { MediaStore } from './media.store';

const BATCH = 100;
const MOST_BATCHES = 50;

/**
 * Removes the bytes of files that were deleted, whose owner is gone, or that were announced and never completed. The row
 * goes last: killed at any point, the next run does it again.
 */
@Injectable()
export class LeftoverMedia {
  constructor(
    private readonly store: MediaStore,
    private readonly storage: ObjectStorage,
    private readonly clock: Clock,
  ) {}

  /** @returns how many were removed */
  async remove(): Promise<number> {
    let count = 0;
    for (let batch = 0; batch < MOST_BATCHES; batch++) {
      const now = this.clock.now();
      const leftovers = await this.store.leftovers(now, BATCH);
      if (leftovers.length === 0) break;
      await this.storage.remove(leftovers.map(({ path }) => path));
      const ids = leftovers.map(({ id }) => id);
      await this.store.removed(ids, now);
      count += leftovers.length;
      if (leftovers.length < BATCH) break;
    }
    return count;
  }
}
