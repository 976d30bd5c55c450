import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** The lines that a file gets from now on, or from its beginning: a stack that outlives its starter prints to one. */
export class OutputFile {
  readonly #file: string;
  readonly #lines: string[] = [];
  #position: number;
  #rest = Buffer.alloc(0);

  constructor(file: string, from: 'beginning' | 'end') {
    this.#file = file;
    this.#position = from === 'beginning' ? 0 : this.#read(0, false);
  }

  /** Every whole line until now. */
  lines(): readonly string[] {
    this.#position = this.#read(this.#position, true);
    return this.#lines;
  }

  #read(position: number, keep: boolean): number {
    const descriptor = openSync(this.#file, 'r');
    try {
      const { size } = fstatSync(descriptor);
      if (keep && size > position) {
        const more = Buffer.alloc(size - position);
        readSync(descriptor, more, 0, more.length, position);
        this.#take(Buffer.concat([this.#rest, more]));
      }
      return size;
    } finally {
      closeSync(descriptor);
    }
  }

  #take(bytes: Buffer): void {
    const end = bytes.lastIndexOf('\n') + 1;
    this.#rest = Buffer.from(bytes.subarray(end));
    if (end > 0)
      this.#lines.push(
        ...bytes
          .subarray(0, end - 1)
          .toString()
          .split('\n'),
      );
  }
}
