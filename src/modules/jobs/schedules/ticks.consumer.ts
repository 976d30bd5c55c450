import { Injectable } from '@nestjs/common';
import { MessageHandlers } from '../../../platform/sqs/message-handlers';
import { SafeError } from '../../../shared/safe-error';
import { ScheduleTick } from '../../../shared/schedule-tick';
import { ScheduleList } from './schedule-list';
import { SlotTaking } from './slot-taking';

/** Ticks that come by the queue. */
@Injectable()
export class TicksConsumer {
  constructor(messages: MessageHandlers, schedules: ScheduleList, slots: SlotTaking) {
    messages.on(ScheduleTick, async ({ name, scheduledTime }) => {
      const schedule = schedules.find(name);
      if (schedule === undefined) throw new SafeError(`there is no schedule ${name}`);
      await slots.take(schedule, scheduledTime);
    });
  }
}
