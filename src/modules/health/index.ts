export { HealthHttpModule } from './health.module';
export { StartupCheck } from './startup-check';
