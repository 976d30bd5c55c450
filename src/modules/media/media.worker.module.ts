import { Module } from '@nestjs/common';
import { LeftoverMedia } from './leftover-media';
import { MediaConsumer } from './media.consumer';
import { MediaStore } from './media.store';
import { PgMediaStore } from './pg-media.store';

@Module({
  providers: [MediaConsumer, LeftoverMedia, { provide: MediaStore, useClass: PgMediaStore }],
})
export class MediaWorkerModule {}
