import { parseArgs } from 'node:util';

/** The `--stage` of a command, or exit 64 with how to use it. */
export function stageOption(command: string): string {
  try {
    const { values } = parseArgs({ options: { stage: { type: 'string' } } });
    if (values.stage !== undefined) return values.stage;
  } catch {
    // said below
  }
  process.stderr.write(`usage: npm run --silent ${command} -- --stage dev|staging|prod\n`);
  process.exit(64);
}
