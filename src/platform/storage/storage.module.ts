import { Global, Module } from '@nestjs/common';
import { ConfigModule, type ConfigType } from '@nestjs/config';
import { storageConfig } from '../../config/slices';
import { ObjectStorage } from './object-storage';
import { SupabaseObjectStorage } from './supabase.object-storage';

const storage = {
  provide: ObjectStorage,
  inject: [storageConfig.KEY],
  useFactory: (config: ConfigType<typeof storageConfig>): ObjectStorage => new SupabaseObjectStorage(config),
};

@Global()
@Module({ imports: [ConfigModule.forFeature(storageConfig)], providers: [storage], exports: [storage] })
export class StorageModule {}
