import { spawnSync } from 'node:child_process';
import path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');

describe('the --stage of a command', () => {
  it.each([
    ['cost', ['--stage', 'prdo'], 'there is no stage "prdo"\n'],
    ['synth', ['--stage', 'prdo'], 'there is no stage "prdo"\n'],
    ['synth', [], ''],
    ['synth', ['--stagee', 'prod'], ''],
  ])('%s %j: how to use it, and nothing else', (command, options, told) => {
    const script = path.join(ROOT, `tools/infra/${command}.mts`);
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...options], {
      encoding: 'utf8',
    });
    const usage = `usage: npm run --silent infra:${command} -- --stage dev|staging|prod\n`;
    expect([status, stdout, stderr]).toEqual([64, '', `${told}${usage}`]);
  });
});
