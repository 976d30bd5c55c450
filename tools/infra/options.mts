import { parseArgs } from 'node:util';

const STAGES = ['dev', 'staging', 'prod'];

/** The `--stage` of a command, or exit 64 with how to use it. */
export function stageOption(command: string): string {
  try {
    const { values } = parseArgs({ options: { stage: { type: 'string' } } });
    const { stage } = values;
    if (stage !== undefined && STAGES.includes(stage)) return stage;
    if (stage !== undefined) process.stderr.write(`there is no stage "${stage}"\n`);
  } catch {
    // said below
  }
  process.stderr.write(`usage: npm run --silent ${command} -- --stage ${STAGES.join('|')}\n`);
  process.exit(64);
}
