// A worker process for test/support/jobs-fleet.ts: the built modules that do jobs, with a schedule and handlers of the
// tests' own, which leave rows to be counted.
import { createRequire } from 'node:module';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Transaction } from '../../src/platform/database/transaction';

const built = createRequire(new URL('../../dist/src/main.js', import.meta.url));
built('reflect-metadata');
const { Module }: typeof import('@nestjs/common') = built('@nestjs/common');
const { NestFactory }: typeof import('@nestjs/core') = built('@nestjs/core');
const { ScheduleModule }: typeof import('@nestjs/schedule') = built('@nestjs/schedule');
const { JobHandlers }: typeof import('../../src/modules/jobs') = built('./modules/jobs');
const { JobsWorkerModule }: typeof import('../../src/modules/jobs/jobs.worker.module') = built(
  './modules/jobs/jobs.worker.module',
);
const { Database }: typeof import('../../src/platform/database/database') = built(
  './platform/database/database',
);
const { PlatformModule }: typeof import('../../src/platform/platform.module') = built(
  './platform/platform.module',
);
const { QueueWorkerModule }: typeof import('../../src/platform/sqs/queue-worker.module') = built(
  './platform/sqs/queue-worker.module',
);
const { defineJob }: typeof import('../../src/shared/job') = built('./shared/job');
const { defineSchedule, SlotPayload }: typeof import('../../src/shared/schedule') =
  built('./shared/schedule');

const Tick = defineJob('test.tick', SlotPayload, { checkpoint: z.object({ written: z.literal(true) }) });
const Steps = defineJob('test.steps', z.object({ steps: z.int() }), {
  checkpoint: z.object({ done: z.int() }),
});
const EACH_SECOND = defineSchedule({ name: 'each-second', everySeconds: 1, job: Tick, catchUp: 'all' });

/** Says who is at it, for whoever wants to kill it meanwhile; what it writes is there once its transaction is. */
async function leave(tx: Transaction, jobId: string, what: string): Promise<void> {
  await sql`insert into loopin.test_effects (job_id, what) values (${jobId}, ${what})`.execute(tx.tables());
  await sql`select pg_sleep(0.03)`.execute(tx.tables());
}

function register(handlers: InstanceType<typeof JobHandlers>, database: InstanceType<typeof Database>): void {
  const begun = (jobId: string, attempt: number) =>
    sql`insert into loopin.test_attempts (job_id, attempt, pid) values (${jobId}, ${attempt}, ${process.pid})`.execute(
      database.tables(),
    );
  handlers.on(Tick, async ({ slot }, run) => {
    if (run.state !== undefined) return;
    await begun(run.jobId, run.attempt);
    await database.transaction(async (tx) => {
      await leave(tx, run.jobId, slot);
      await run.checkpointIn(tx, { written: true });
    });
  });
  handlers.on(Steps, async ({ steps }, run) => {
    await begun(run.jobId, run.attempt);
    for (let done = run.state?.done ?? 0; done < steps; ) {
      await database.transaction(async (tx) => {
        await leave(tx, run.jobId, String(++done));
        await run.checkpointIn(tx, { done }, { done, total: steps });
      });
    }
  });
}

class JobsTestModule {}
Module({
  imports: [PlatformModule, ScheduleModule.forRoot(), QueueWorkerModule, JobsWorkerModule.for([EACH_SECOND])],
  providers: [{ provide: 'handlers', inject: [JobHandlers, Database], useFactory: register }],
})(JobsTestModule);

await NestFactory.createApplicationContext(JobsTestModule, {
  abortOnError: false,
  logger: ['error', 'warn'],
});
process.stdout.write('ready\n');
