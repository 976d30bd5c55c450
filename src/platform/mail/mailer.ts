export interface Mail {
  /** Stays the same when the same mail is tried again. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export abstract class Mailer {
  /** @throws Error when the mail was not accepted; the caller tries again later */
  abstract send(mail: Mail): Promise<void>;
}
