export { AppConfigService } from './app-config.service';
export { PgAppConfigStore } from './pg-app-config.store';
