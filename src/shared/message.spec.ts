import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { idSchema } from './ids';
import { defineMessage, Envelope } from './message';

describe('messages', () => {
  const Deliver = defineMessage(
    'test.deliver',
    'push-notifications',
    z.strictObject({ id: idSchema<'Notification'>() }),
  );
  const envelope = {
    id: randomUUID(),
    type: Deliver.type,
    version: Deliver.version,
    correlationId: randomUUID(),
    occurredAt: new Date().toISOString(),
    payload: {},
  };

  it('have a name, a queue and a first version', () => {
    expect(Deliver).toMatchObject({ type: 'test.deliver', queue: 'push-notifications', version: 1 });
    expect(defineMessage('x', 'background-jobs', z.unknown(), 2).version).toBe(2);
  });

  it('carry ids, and nothing that was not declared', () => {
    const id = randomUUID();
    expect(Deliver.payload.parse({ id: id.toUpperCase() })).toEqual({ id });
    expect(Deliver.payload.safeParse({ id, email: 'somebody@example.com' }).success).toBe(false);
    expect(Deliver.payload.safeParse({ id: 'somebody@example.com' }).success).toBe(false);
  });

  it('travel in an envelope', () => {
    expect(Envelope.parse(envelope)).toEqual(envelope);
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    expect(Envelope.parse({ ...envelope, traceparent })).toEqual({ ...envelope, traceparent });
  });

  it('have an id as the database writes it, and a version that it can keep', () => {
    expect(Envelope.parse({ ...envelope, id: envelope.id.toUpperCase() })).toEqual(envelope);
    expect(Envelope.safeParse({ ...envelope, version: 2 ** 31 }).success).toBe(false);
  });

  it('ignore what a newer release adds', () => {
    expect(Envelope.parse({ ...envelope, added: 'later' })).toEqual(envelope);
  });

  it.each([{ id: 'x' }, { version: 0 }, { type: '' }, { correlationId: undefined }, { occurredAt: 'today' }])(
    'with %j are not ours',
    (change) => {
      expect(Envelope.safeParse({ ...envelope, ...change }).success).toBe(false);
    },
  );
});
