import { RunningStep } from './running-step.mts';
import type { Outcome, Step } from './step.mts';

/** For two cores: a step that waits for a stack to start or to come back leaves its core to another. */
const SIDE_BY_SIDE = 4;
/** jest's line for each file. */
const FILE_LINE = /^(PASS|FAIL) /;

/** Runs steps side by side as far as cores and their order allow, and tells how it goes. */
export class Runner {
  readonly #root: string;
  readonly #waiting: Step[];
  readonly #running = new Map<Step, RunningStep>();
  readonly #outcomes = new Map<string, Outcome>();
  #stopped = false;

  constructor(root: string, steps: readonly Step[]) {
    this.#root = root;
    this.#waiting = [...steps];
  }

  /** Returns when the last step has ended. */
  async run(): Promise<{ passed: number; failed: number }> {
    const ended = new Set<Promise<void>>();
    while (this.#waiting.length > 0 || ended.size > 0) {
      this.#giveUpBlocked();
      for (let step = this.#next(); step !== undefined; step = this.#next()) {
        const end = this.#execute(step).finally(() => ended.delete(end));
        ended.add(end);
      }
      await Promise.race(ended);
    }
    const outcomes = [...this.#outcomes.values()];
    const sum = (count: 'passed' | 'failed') =>
      outcomes.reduce((total, outcome) => total + outcome[count], 0);
    return { passed: sum('passed'), failed: sum('failed') };
  }

  /** Ends what runs and starts nothing more. */
  stop(reason: string): void {
    this.#stopped = true;
    for (const running of this.#running.values()) running.stop(reason);
  }

  async #execute(step: Step): Promise<void> {
    const begin = performance.now();
    const running = new RunningStep(step, this.#root, (line) => {
      if (FILE_LINE.test(line)) say(`  ${line}`);
    });
    this.#running.set(step, running);
    const outcome = await running.outcome();
    this.#running.delete(step);
    this.#outcomes.set(step.name, outcome);
    if (this.#stopped) return;
    say(`${verdict(step, outcome)}  ${((performance.now() - begin) / 1_000).toFixed(1)} s`);
    if (outcome.failed > 0) say(running.output.map((line) => `    ${line}`).join('\n'));
  }

  /** The first step in order whose time has come. */
  #next(): Step | undefined {
    if (this.#stopped) this.#waiting.length = 0;
    if (this.#running.size >= SIDE_BY_SIDE) return undefined;
    const index = this.#waiting.findIndex(({ after = [] }) =>
      after.every((name) => this.#outcomes.get(name)?.failed === 0),
    );
    return index < 0 ? undefined : this.#waiting.splice(index, 1)[0];
  }

  /** A step after one that failed counts as failed: it must not be forgotten. */
  #giveUpBlocked(): void {
    for (const step of [...this.#waiting]) {
      const failed = step.after?.find((name) => (this.#outcomes.get(name)?.failed ?? 0) > 0);
      if (failed === undefined) continue;
      this.#waiting.splice(this.#waiting.indexOf(step), 1);
      const outcome = { passed: 0, failed: 1, note: `${failed} failed` };
      this.#outcomes.set(step.name, outcome);
      say(verdict(step, outcome));
    }
  }
}

function verdict(step: Step, { passed, failed, note }: Outcome): string {
  const counts = step.results === undefined ? '' : `${passed} passed, ${failed} failed`;
  const words = [step.name.padEnd(13), counts, note === undefined ? '' : `(${note})`].filter(
    (word) => word !== '',
  );
  return `${failed === 0 ? 'ok  ' : 'FAIL'} ${words.join(' ')}`;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
