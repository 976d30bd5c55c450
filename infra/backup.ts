import { metric, result, watch } from './alarm';
import { type Bucket, privateBucket } from './bucket';
import type { Ground } from './ground';
import { idOf, logGroupOf, named, serviceRole } from './names';
import { BACKUP_REGION, POSTGRES_MAJOR } from './stage';
import { FILES, type Step, scheduleSteps } from './steps';

const POSTGRES = `public.ecr.aws/docker/library/postgres:${POSTGRES_MAJOR}-bookworm`;
const AWS_CLI = 'public.ecr.aws/aws-cli/aws-cli:2.27.0';
const POSTGRES_USER = '999:999';
/** 01:30 and, on Sundays, 03:30 IST. */
const NIGHTLY = 'cron(0 20 * * ? *)';
const WEEKLY = 'cron(0 22 ? * SAT *)';
const DAY_SECONDS = 86_400;

const DUMP = `pg_dump --format=custom --schema=loopin --no-owner --file=${FILES}/loopin.dump "$DATABASE_OWNER_URL"`;
const UPLOAD = `aws s3 cp --no-progress ${FILES}/loopin.dump "s3://$BUCKET/dumps/$(date -u +%Y/%m/%d)/loopin.dump"`;
const FETCH = `key=$(aws s3api list-objects-v2 --bucket "$BUCKET" --prefix dumps/ --query 'sort_by(Contents,&LastModified)[-1].Key' --output text) && aws s3 cp --no-progress "s3://$BUCKET/$key" ${FILES}/loopin.dump`;
const RESTORE = [
  `initdb --pgdata=${FILES}/drill --auth=trust --username=drill`,
  `pg_ctl --pgdata=${FILES}/drill --wait --options="-c listen_addresses='' -k ${FILES}" start`,
  `createdb --host=${FILES} --username=drill drill`,
  `pg_restore --host=${FILES} --username=drill --dbname=drill --no-owner --no-privileges --exit-on-error ${FILES}/loopin.dump`,
  `psql --host=${FILES} --username=drill --dbname=drill --tuples-only --command="select 'restore drill: users ' || count(*) from loopin.users"`,
].join(' && ');

/** Every night a dump of our schema in another region, 90 days at hand, 7 years in all; every week one is restored. */
export function createBackups(ground: Ground, topic: aws.sns.Topic | undefined): void {
  if (!ground.policy.backups) return;
  const bucket = privateBucket('Backup', ground.policy, {
    region: BACKUP_REGION,
    lockedDays: 90,
    lifecycles: [{ prefix: 'dumps/', glacierAfter: 90, expireAfter: 2557 }],
  });
  const BUCKET = bucket.id;
  const dump = step('dump', POSTGRES, DUMP, { secret: ground.secrets['database-owner'] });
  const upload = step('upload', AWS_CLI, UPLOAD, { environment: { BUCKET } });
  const backup = scheduleSteps('Backup', NIGHTLY, ground, [dump, upload], {
    actions: ['s3:PutObject'],
    resources: [$interpolate`${bucket.arn}/dumps/*`],
  });
  const prepare = step('prepare', POSTGRES, 'true');
  const fetch = step('fetch', AWS_CLI, FETCH, { environment: { BUCKET } });
  const restore = step('restore', POSTGRES, RESTORE);
  const drill = scheduleSteps(
    'Drill',
    WEEKLY,
    ground,
    [prepare, fetch, restore],
    { actions: ['s3:GetObject'], resources: [$interpolate`${bucket.arn}/dumps/*`] },
    { actions: ['s3:ListBucket'], resources: [bucket.arn] },
  );
  if (topic !== undefined) watchBackups(topic, [backup, drill]);
  if (ground.policy.awsBackup) keepByAwsBackup(ground.archive);
}

function step(name: string, image: string, shell: string, given: Partial<Step> = {}): Step {
  return {
    name,
    image,
    shell,
    user: image === POSTGRES ? POSTGRES_USER : undefined,
    environment: {},
    ...given,
  };
}

/** Silence is the alarm: a task that never started says nothing either. */
function watchBackups(topic: aws.sns.Topic, tasks: $util.Resource[]): void {
  const lines = {
    'backup-missing': {
      step: 'upload',
      pattern: '"upload:"',
      days: 1,
      says: 'No dump reached the other region for a day',
    },
    'drill-missing': {
      step: 'restore',
      pattern: '"restore drill: users"',
      days: 7,
      says: 'No dump was restored for a week',
    },
  };
  for (const [slug, { step: name, pattern, days, says }] of Object.entries(lines)) {
    new aws.cloudwatch.LogMetricFilter(
      idOf('Count', slug),
      {
        name: slug,
        logGroupName: logGroupOf(name),
        pattern,
        metricTransformation: { namespace: 'Loopin', name: `${slug}-${$app.stage}`, value: '1' },
      },
      { dependsOn: tasks },
    );
    const done = metric('done', 'Loopin', `${slug}-${$app.stage}`, 'Sum', {}, DAY_SECONDS);
    const queries = [result(done)];
    watch(
      slug,
      says,
      { queries, under: 1, minutes: days, missing: 'breaching' },
      { runbook: 'backups', actions: [topic.arn] },
    );
  }
}

/** By switch: copies of the archive that not even its lock's administrators can reach. */
function keepByAwsBackup(archive: Bucket): void {
  const vault = new aws.backup.Vault('Vault', { name: named('vault') });
  const plan = new aws.backup.Plan('BackupPlan', {
    name: named('archive'),
    rules: [
      { ruleName: 'daily', targetVaultName: vault.name, schedule: NIGHTLY, lifecycle: { deleteAfter: 35 } },
    ],
  });
  const role = serviceRole('VaultRole', 'backup.amazonaws.com');
  new aws.iam.RolePolicyAttachment('VaultRoleBacksUp', {
    role: role.name,
    policyArn: 'arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForS3Backup',
  });
  new aws.backup.Selection('BackupSelection', {
    name: 'archive',
    planId: plan.id,
    iamRoleArn: role.arn,
    resources: [archive.arn],
  });
}
