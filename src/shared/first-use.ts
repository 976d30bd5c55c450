/** What is made when it is first asked for, and once: no start pays for the library behind it. */
export class FirstUse<T> {
  private made: Promise<T> | undefined;

  constructor(private readonly make: () => Promise<T>) {}

  get(): Promise<T> {
    this.made ??= this.make();
    return this.made;
  }

  /** Ends it, where it was ever made. */
  async close(end: (made: T) => unknown): Promise<void> {
    if (this.made !== undefined) await end(await this.made);
  }
}
