/** What is made when it is first asked for, and once: no start pays for the library behind it. */
export class FirstUse<T> {
  private made: Promise<T> | undefined;

  constructor(private readonly make: () => Promise<T>) {}

  /** @throws what making it threw; the next that asks has it made anew */
  get(): Promise<T> {
    this.made ??= this.make().catch((error: unknown) => {
      this.made = undefined;
      throw error;
    });
    return this.made;
  }

  /** Ends it, where it was ever made. */
  async close(end: (made: T) => unknown): Promise<void> {
    const made = await this.made?.then(
      (value) => ({ value }),
      () => undefined,
    );
    if (made !== undefined) await end(made.value);
  }
}
