// The process behind "sqs": fauxqs, an SQS (and S3) server, with everything in SQLite under the state folder.
import net from 'node:net';
import { startFauxqs } from 'fauxqs';
import { ARCHIVE_BUCKET } from '../names.mts';
import { LOOPBACK } from '../ports.mts';
import { endWithParent } from './own-process.mts';
import { SQS_ACCOUNT, SQS_QUEUES, SQS_REGION } from './queues.mts';

const VISIBILITY_SECONDS = 30;
const MAX_RECEIVES = 5;

/** fauxqs listens on every interface and has no option for it; nothing of the local stack may leave loopback. */
function bindToLoopback(): void {
  const listen = net.Server.prototype.listen;
  net.Server.prototype.listen = function (this: net.Server, ...args: unknown[]) {
    const [first, ...rest] = args;
    const onLoopback = typeof first === 'object' && first !== null ? { ...first, host: LOOPBACK } : first;
    return Reflect.apply(listen, this, [onLoopback, ...rest]);
  } as typeof listen;
}

function queueWithDeadLetters(name: string) {
  const redrive = {
    deadLetterTargetArn: `arn:aws:sqs:${SQS_REGION}:${SQS_ACCOUNT}:${name}-dlq`,
    maxReceiveCount: MAX_RECEIVES,
  };
  const attributes = {
    VisibilityTimeout: String(VISIBILITY_SECONDS),
    RedrivePolicy: JSON.stringify(redrive),
  };
  return [{ name: `${name}-dlq` }, { name, attributes }];
}

bindToLoopback();
const server = await startFauxqs({
  port: Number(process.env.PORT),
  logger: false,
  defaultRegion: SQS_REGION,
  dataDir: process.env.DATA_FOLDER ?? '',
  init: {
    region: SQS_REGION,
    queues: Object.values(SQS_QUEUES).flatMap(queueWithDeadLetters),
    buckets: [ARCHIVE_BUCKET],
  },
});
endWithParent(() => server.stop());
