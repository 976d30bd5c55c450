export { DeviceSigningKeys } from './device-signing-keys';
export { DevicesModule } from './devices.module';
export { SignInDevice } from './devices.schema';
export { DevicesService } from './devices.service';
export { PgRunningVersionStore } from './pg-running-version.store';
export { PushBindings } from './push-bindings';
export { RunningVersionStore } from './running-version.store';
export { DEAD_AFTER_DAYS } from './silent-device.store';
