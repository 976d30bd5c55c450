export { DeviceSigningKeys } from './device-signing-keys';
export { DevicesModule } from './devices.module';
export { SignInDevice } from './devices.schema';
export { DevicesService } from './devices.service';
export { PushBindings } from './push-bindings';
export { DEAD_AFTER_DAYS } from './silent-device.store';
