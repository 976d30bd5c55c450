export { PushHttpModule, PushWorkerModule } from './push.module';
