import { readFileSync } from 'node:fs';
import type { Outcome } from './step.mts';

/** The counts in what `jest --json` wrote. */
interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  /** Files that could not even be run. */
  readonly numRuntimeErrorTestSuites: number;
}

/**
 * What a jest run came to. Nothing passes silently: a run that wrote no results, ran no test, left one out, or ended
 * badly without naming a failure counts as failed.
 */
export function readJestOutcome(file: string, succeeded: boolean): Outcome {
  const results = read(file);
  if (results === undefined) return { passed: 0, failed: 1, note: 'it ended without results' };
  const passed = results.numPassedTests;
  const skipped = results.numPendingTests + results.numTodoTests;
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites + skipped;
  if (passed + failed === 0) return { passed, failed: 1, note: 'no test was run' };
  if (skipped > 0) return { passed, failed, note: `${skipped} left out` };
  if (failed === 0 && !succeeded) return { passed, failed: 1, note: 'jest ended with an error' };
  return { passed, failed };
}

function read(file: string): Results | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Results;
  } catch {
    return undefined;
  }
}
