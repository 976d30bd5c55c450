import { Global, Module } from '@nestjs/common';
import { ConfigModule, type ConfigType } from '@nestjs/config';
import { databaseConfig } from '../../config/slices';
import { Shutdown } from '../lifecycle/shutdown';
import { connectionOptions } from './connection-options';
import { Database } from './database';

const database = {
  provide: Database,
  inject: [databaseConfig.KEY, Shutdown],
  useFactory: (config: ConfigType<typeof databaseConfig>, shutdown: Shutdown): Database => {
    const database = new Database({ ...connectionOptions(config), poolMax: config.poolMax });
    shutdown.onClose(() => database.close());
    return database;
  },
};

@Global()
@Module({ imports: [ConfigModule.forFeature(databaseConfig)], providers: [database], exports: [database] })
export class DatabaseModule {}
