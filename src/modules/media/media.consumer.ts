import { Injectable, Logger } from '@nestjs/common';
import { JobHandlers } from '../jobs';
import { LeftoverMedia } from './leftover-media';
import { RemoveLeftoverMedia } from './media.jobs';

@Injectable()
export class MediaConsumer {
  private readonly logger = new Logger(MediaConsumer.name);

  constructor(
    jobs: JobHandlers,
    private readonly leftovers: LeftoverMedia,
  ) {
    jobs.on(RemoveLeftoverMedia, () => this.remove());
  }

  private async remove(): Promise<void> {
    const count = await this.leftovers.remove();
    if (count > 0) this.logger.log({ count }, 'leftover files were removed');
  }
}
