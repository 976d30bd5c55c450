import { waitFor } from './wait-for';

export interface Mail {
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly receivedAt: string;
}

const CODE = /\b(\d{6})\b/;
const MAIL_BOUND_MS = 30_000;

/** The local stack's mailbox. */
export class Mailbox {
  constructor(private readonly url: string) {}

  /** Newest first. */
  async to(address: string): Promise<Mail[]> {
    const response = await fetch(`${this.url}/messages?to=${encodeURIComponent(address)}`);
    return (await response.json()) as Mail[];
  }

  /** The mails to an address once there are so many. */
  async waitForMails(address: string, count: number): Promise<Mail[]> {
    const look = async () => {
      const mails = await this.to(address);
      return mails.length >= count ? mails : undefined;
    };
    return waitFor(`${count} mails to ${address}`, look, MAIL_BOUND_MS);
  }

  /**
   * The code in the newest of so many mails to an address. Mails under way at once arrive in any order: wait for one
   * before asking for the next.
   */
  async codeFor(address: string, count = 1): Promise<string> {
    const [newest] = await this.waitForMails(address, count);
    const code = CODE.exec(newest?.text ?? '')?.[1];
    if (code === undefined) throw new Error(`no code in: ${newest?.text}`);
    return code;
  }
}
