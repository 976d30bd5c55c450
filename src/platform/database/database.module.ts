import { Global, Module } from '@nestjs/common';
import { ConfigModule, type ConfigType } from '@nestjs/config';
import { databaseConfig } from '../../config/slices';
import { Shutdown } from '../lifecycle/shutdown';
import { gauge } from '../telemetry/meter';
import { connectionOptions } from './connection-options';
import { Database } from './database';

const database = {
  provide: Database,
  inject: [databaseConfig.KEY, Shutdown],
  useFactory: (config: ConfigType<typeof databaseConfig>, shutdown: Shutdown): Database => {
    const database = new Database({ ...connectionOptions(config), poolMax: config.poolMax });
    shutdown.onClose(() => database.close());
    gauge('loopin_db_pool_connections', 'pool', () => [
      { labels: { state: 'in_use' }, value: database.poolState.inUse },
      { labels: { state: 'waiting' }, value: database.poolState.waiting },
    ]);
    return database;
  },
};

@Global()
@Module({ imports: [ConfigModule.forFeature(databaseConfig)], providers: [database], exports: [database] })
export class DatabaseModule {}
