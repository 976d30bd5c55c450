// `npm run deploy:migrate -- --stage prod`: the migrations of IMAGE_DIGEST as a task in the stage's cluster.
import '../node-version.mjs';
import { ECSClient } from '@aws-sdk/client-ecs';
import { runMigration } from './migration-task.mts';
import { stageOption } from './options.mts';

const stage = stageOption('deploy:migrate');
const { IMAGE_DIGEST: digest = '' } = process.env;
if (!/^sha256:[0-9a-f]{64}$/.test(digest)) {
  process.stderr.write('IMAGE_DIGEST must be the digest of the image that is about to be deployed\n');
  process.exit(64);
}
const task = await runMigration(new ECSClient({ region: 'ap-south-1' }), { stage, digest });
process.stdout.write(
  task === undefined ? 'no service yet: its first task migrates\n' : `migrated by ${task}\n`,
);
