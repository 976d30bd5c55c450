import fc from 'fast-check';
import { defineJob } from '../../../shared/job';
import { defineSchedule, type Schedule, SlotPayload } from '../../../shared/schedule';
import { currentSlot, droppedSlots, dueSlots, slotOf } from './slots';

const job = defineJob('test.tick', SlotPayload);
const hourly = (catchUp: Schedule['catchUp']) =>
  defineSchedule({ name: 'hourly', everySeconds: 3_600, offsetSeconds: 420, job, catchUp });
const at = (time: string) => new Date(`2026-01-01T${time}Z`);
const texts = (slots: readonly Date[]) => slots.map((slot) => slot.toISOString().slice(11, 16));

describe('slots', () => {
  it('are times truncated to the period', () => {
    expect(slotOf(hourly('skip'), at('10:59:59.999'))).toEqual(at('10:00:00'));
  });

  it('begin when their offset has passed', () => {
    const times = ['10:06:59.999', '10:07:00', '11:06:59'];
    expect(times.map((time) => currentSlot(hourly('skip'), at(time)))).toEqual([
      at('09:00:00'),
      at('10:00:00'),
      at('10:00:00'),
    ]);
  });

  it('are the same for a tick from outside and for our own', () => {
    const period = fc.integer({ min: 1, max: 86_400 });
    fc.assert(
      fc.property(period, fc.nat(), fc.integer({ min: 0, max: 4e9 }), (everySeconds, some, seconds) => {
        const offsetSeconds = some % everySeconds;
        const schedule = defineSchedule({ name: 'x', everySeconds, offsetSeconds, job, catchUp: 'all' });
        const slot = currentSlot(schedule, new Date(seconds * 1000));
        const scheduledTime = new Date(slot.getTime() + offsetSeconds * 1000);
        expect(slotOf(schedule, scheduledTime)).toEqual(slot);
        expect(currentSlot(schedule, scheduledTime)).toEqual(slot);
      }),
    );
  });

  it.each([
    ['skip', '10:07:30', ['10:00']],
    ['skip', '10:08:00', []],
    ['latest', '10:59:00', ['10:00']],
    ['all', '10:59:00', ['08:00', '09:00', '10:00']],
  ] as const)('with %s are caught up at %s: %j', (catchUp, now, due) => {
    expect(texts(dueSlots(hourly(catchUp), at(now), at('07:00:00')))).toEqual(due);
  });

  it.each(['latest', 'all'] as const)(
    'with %s begin with the newest when there was none before',
    (catchUp) => {
      expect(texts(dueSlots(hourly(catchUp), at('10:59:00'), undefined))).toEqual(['10:00']);
    },
  );

  it.each([
    ['skip', '08:07:00', []],
    ['skip', '10:07:00', ['10:00']],
    ['latest', '08:07:00', ['10:00']],
    ['all', '08:07:00', ['10:00', '08:00']],
  ] as const)('with %s are taken when a tick of %s comes at 10:07:40: %j', (catchUp, ticked, due) => {
    const schedule = hourly(catchUp);
    expect(texts(dueSlots(schedule, at('10:07:40'), at('09:00:00'), slotOf(schedule, at(ticked))))).toEqual(
      due,
    );
  });

  it('of a tick that comes before our clock says so are taken', () => {
    for (const catchUp of ['skip', 'latest', 'all'] as const) {
      const due = dueSlots(hourly(catchUp), at('10:06:59.990'), at('09:00:00'), at('10:00:00'));
      expect(texts(due)).toEqual(['10:00']);
    }
  });

  it('are caught up to a bound, the newest first', () => {
    const schedule = defineSchedule({ name: 'each-second', everySeconds: 1, job, catchUp: 'all' });
    const [now, newest] = [at('10:00:00'), at('09:00:00')];
    const due = dueSlots(schedule, now, newest);
    expect([due.length, due.at(-1), droppedSlots(schedule, now, newest)]).toEqual([1_000, now, 2_600]);
  });

  it('need times that make sense', () => {
    expect(() => defineSchedule({ name: 'x', everySeconds: 0.5, job, catchUp: 'skip' })).toThrow(
      'whole seconds',
    );
    expect(() =>
      defineSchedule({ name: 'x', everySeconds: 5, offsetSeconds: 5, job, catchUp: 'skip' }),
    ).toThrow();
  });
});
