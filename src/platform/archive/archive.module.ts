import { Global, Module } from '@nestjs/common';
import { ConfigModule, type ConfigType } from '@nestjs/config';
import { archiveConfig } from '../../config/slices';
import { Shutdown } from '../lifecycle/shutdown';
import { ArchiveStorage } from './archive-storage';
import { S3ArchiveStorage } from './s3.archive-storage';

const archive = {
  provide: ArchiveStorage,
  inject: [archiveConfig.KEY, Shutdown],
  useFactory: (config: ConfigType<typeof archiveConfig>, shutdown: Shutdown): ArchiveStorage => {
    const storage = new S3ArchiveStorage(config);
    shutdown.onClose(() => storage.close());
    return storage;
  },
};

/** For the worker: the web process archives nothing. */
@Global()
@Module({
  imports: [ConfigModule.forFeature(archiveConfig)],
  providers: [archive],
  exports: [ArchiveStorage],
})
export class ArchiveModule {}
