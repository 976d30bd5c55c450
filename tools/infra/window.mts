// `npm run deploy:window -- --stage prod`: is it a time at which this stage is deployed? An emergency says why in
// EMERGENCY, and the workflow's log keeps it.
import '../node-version.mjs';
import { stageOption } from './options.mts';
import { whyNotNow } from './window-rule.mts';

const stage = stageOption('deploy:window');
const obstacle = whyNotNow(stage, new Date());
const { EMERGENCY: emergency = '' } = process.env;
if (obstacle === undefined) process.stdout.write(`${stage} may be deployed now\n`);
else if (emergency !== '') process.stdout.write(`${obstacle}; it is an emergency: ${emergency}\n`);
else {
  process.stderr.write(`${obstacle}. In an emergency start the workflow with the reason.\n`);
  process.exitCode = 75;
}
