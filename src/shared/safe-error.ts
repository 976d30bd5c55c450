/** An error whose words are ours and hold no data: they may be logged. The words of any other error may quote a value. */
export class SafeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}
