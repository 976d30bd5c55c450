import { Envelope } from './message';
import { ScheduleTick, tickEnvelope } from './schedule-tick';

const TICK = {
  type: 'schedule.tick',
  name: 'delete-expired',
  scheduledTime: '2026-01-01T10:07:00Z',
  executionId: 'd32c5kddcf5bb8c3',
};

describe('a tick of EventBridge', () => {
  it('becomes an envelope that its handler reads', () => {
    const envelope = Envelope.parse(tickEnvelope(TICK));
    expect(ScheduleTick.payload.parse(envelope.payload)).toEqual({
      name: 'delete-expired',
      scheduledTime: new Date('2026-01-01T10:07:00Z'),
    });
    expect(envelope).toMatchObject({ type: 'schedule.tick', version: 1 });
  });

  it('is one message however often it is delivered, and another one at another time', () => {
    const ids = [TICK, { ...TICK }, { ...TICK, executionId: 'x' }, { ...TICK, name: 'y' }].map(
      (tick) => tickEnvelope(tick)?.id,
    );
    expect(new Set(ids).size).toBe(3);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it.each([
    ['another type', { ...TICK, type: 'job.run' }],
    ['a name that is none', { ...TICK, name: 'Delete Expired' }],
    ['no time', { ...TICK, scheduledTime: 'now' }],
    ['nothing', null],
  ])('is not %s', (_, body) => {
    expect(tickEnvelope(body)).toBeUndefined();
  });
});
