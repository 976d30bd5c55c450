import { setTimeout as delay } from 'node:timers/promises';
import { styleText } from 'node:util';
import { messageOf } from '../local/failure.mts';
import { checksMade, Mismatch } from './expect.mts';

const TIME_COLUMN = 88;
const INDENT = ' '.repeat(6);
const SHOWN_LOG_LINES = 12;
const LOG_LINE_LENGTH = 420;
/** Web and worker write their logs five times a second. */
const LOG_FLUSH_MS = 300;
const CLEAR_LINE = '\u001b[K';

type Style = Parameters<typeof styleText>[0];

/** Tells the story: numbered steps with their time, details under them, in colour only on a terminal. */
export class Narrator {
  /** Where the last lines of the logs come from, once there are any. */
  logs: () => readonly string[] = () => [];
  #step = 0;
  #silent = false;

  say(line = ''): void {
    if (!this.#silent) process.stdout.write(`${line}\n`);
  }

  /** Says this and no more: what fails from now on fails because everything is being stopped. */
  sayLast(line: string): void {
    this.say(line);
    this.#silent = true;
  }

  /**
   * Runs one step, and prints its sentence, its time and its details when it is done.
   * @throws StepFailed with the number and the sentence of a step that did not hold what it says
   */
  async step<T>(sentence: string, act: (detail: (line: string) => void) => Promise<T>): Promise<T> {
    this.#step += 1;
    const details: string[] = [];
    const begin = performance.now();
    this.#announce(sentence);
    try {
      const result = await act((line) => details.push(line));
      this.#tell('✓', 'green', sentence, performance.now() - begin, details);
      return result;
    } catch (error) {
      this.#tell('✗', 'red', sentence, performance.now() - begin, details);
      await delay(LOG_FLUSH_MS);
      this.#explain(error, this.logs());
      throw new StepFailed(`step ${this.#step} failed: ${sentence}`, { cause: error });
    }
  }

  /** The last words: how much was checked, and how long it took. */
  conclude(milliseconds: number): void {
    this.say();
    const words = `${this.#step} steps, ${checksMade()} checks, all held, in ${duration(milliseconds)}.`;
    this.say(paint(['bold', 'green'], words));
  }

  fail(message: string): void {
    this.say();
    this.say(paint(['bold', 'red'], `The demo stops: ${message}`));
  }

  get #rewrites(): boolean {
    return process.stdout.isTTY && !this.#silent;
  }

  /** A person at a terminal sees what is under way; the line is written over once it is done. */
  #announce(sentence: string): void {
    if (this.#rewrites) process.stdout.write(`…${String(this.#step).padStart(3)}  ${sentence}`);
  }

  #tell(mark: string, colour: Style, sentence: string, milliseconds: number, details: readonly string[]) {
    if (this.#rewrites) process.stdout.write(`\r${CLEAR_LINE}`);
    const number = String(this.#step).padStart(3);
    const time = duration(milliseconds);
    const room = TIME_COLUMN - sentence.length;
    this.say(
      `${paint(colour, mark)}${number}  ${paint('bold', sentence)} ${paint('dim', time.padStart(Math.max(room, 0)))}`,
    );
    for (const line of details) this.say(`${INDENT}${line}`);
  }

  #explain(error: unknown, logs: readonly string[]): void {
    if (error instanceof Mismatch) {
      this.say(`${INDENT}${error.what}`);
      this.say(`${INDENT}  expected  ${error.expected}`);
      this.say(`${INDENT}  got       ${error.got}`);
    } else {
      this.say(`${INDENT}${messageOf(error).replaceAll('\n', `\n${INDENT}`)}`);
    }
    if (logs.length === 0) return;
    this.say(`${INDENT}the last lines of the logs:`);
    for (const line of logs.slice(-SHOWN_LOG_LINES)) this.say(`${INDENT}  ${line.slice(0, LOG_LINE_LENGTH)}`);
  }
}

/** A step that has been explained already. */
export class StepFailed extends Error {}

/** `38 ms`, `4.2 s`. */
export function duration(milliseconds: number): string {
  return milliseconds < 1_000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1_000).toFixed(1)} s`;
}

/** Colour for a terminal, plain text for a pipe or under NO_COLOR. */
export function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout, validateStream: true });
}
