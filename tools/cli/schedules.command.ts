import type { Command } from 'commander';
import { SCHEDULES } from '../../src/schedules';
import { print } from './output';

/** `schedules list`: from the code, so it needs no environment. */
export function addSchedulesCommands(program: Command): void {
  program
    .command('schedules')
    .description('what the calendar starts')
    .command('list')
    .description('every schedule with its period, when in it it is due, and what becomes of missed times')
    .option('--json', 'one JSON object on one line')
    .action((options) => {
      const data = SCHEDULES.map(({ job, ...schedule }) => ({ ...schedule, job: job.name }));
      print(options, { data });
    });
}
