import { existsSync } from 'node:fs';
import path from 'node:path';

/** What the stacks of this `npm test` begin with; undefined where a spec is run alone. */
export function stackTemplate(): string | undefined {
  const template = path.join(process.env.LOOPIN_TEST_RUN ?? '', 'template');
  return process.env.LOOPIN_TEST_RUN !== undefined && existsSync(template) ? template : undefined;
}
