export {
  CATALOGUE,
  DeviceRegistered,
  DeviceRemoved,
  PushCompleted,
  PushDelivered,
  TEST_ENTRY,
  UserCreated,
  UserDeleted,
  WebhookTest,
} from './catalogue';
export { type DomainEvent, toEvent } from './event-type';
export { gather, writeEvents } from './write-events';
