import { Module } from '@nestjs/common';
import { ConfigModule } from '@nestjs/config';
import { mediaConfig } from '../../config/slices';
import { MediaController } from './media.controller';
import { MediaService } from './media.service';
import { MediaStore } from './media.store';
import { PgMediaStore } from './pg-media.store';

@Module({
  imports: [ConfigModule.forFeature(mediaConfig)],
  controllers: [MediaController],
  providers: [MediaService, { provide: MediaStore, useClass: PgMediaStore }],
})
export class MediaHttpModule {}
