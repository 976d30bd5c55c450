import { randomUUID } from 'node:crypto';
import { type Mail, Mailer } from '../../src/platform/mail/mailer';
import { SmtpMailer } from '../../src/platform/mail/smtp.mailer';
import { type Mailbox as Server, startMailbox } from '../../tools/local/mailbox/mailbox.mts';
import { concurrently, range } from '../support/concurrently';
import { Mailbox } from '../support/mailbox';

jest.setTimeout(30_000);

interface Subject {
  readonly mailer: Mailer;
  /** What arrived for an address, newest first. */
  arrived(address: string): Promise<{ subject: string; text: string }[]>;
  /** Takes the other end away. */
  cut(): Promise<void>;
  close(): Promise<void>;
}

const mail = (changes: Partial<Mail> = {}): Mail => ({
  id: randomUUID(),
  to: `${randomUUID()}@example.com`,
  subject: 'Hello',
  text: 'from the contract',
  ...changes,
});

/** What every mailer has to do, whatever it is made of. */
function mailerContract(name: string, start: () => Promise<Subject>): void {
  describe(name, () => {
    let subject: Subject;

    beforeEach(async () => {
      subject = await start();
    });
    afterEach(() => subject.close());

    it('delivers subject and text as they are', async () => {
      const sent = mail({ subject: 'Grüße ✓', text: 'Line one\n.\nline three – “quoted”' });
      await subject.mailer.send(sent);
      expect(await subject.arrived(sent.to)).toMatchObject([{ subject: sent.subject, text: sent.text }]);
    });

    it('lets nobody add a header', async () => {
      const sent = mail({ subject: 'Hello\r\nBcc: somebody@example.com' });
      await subject.mailer.send(sent);
      expect(await subject.arrived('somebody@example.com')).toEqual([]);
      expect(await subject.arrived(sent.to)).toHaveLength(1);
    });

    it('delivers many at once, each to its address', async () => {
      const mails = range(30).map((index) => mail({ text: `number ${index}` }));
      await concurrently(mails, 10, (one) => subject.mailer.send(one));
      for (const { to, text } of mails) expect(await subject.arrived(to)).toMatchObject([{ text }]);
    });

    it('says so when a mail was not taken', async () => {
      await subject.mailer.send(mail());
      await subject.cut();
      await expect(subject.mailer.send(mail())).rejects.toThrow();
    });
  });
}

mailerContract('the mailer on SMTP', async () => {
  const server: Server = await startMailbox({ smtp: 0, http: 0 });
  const box = new Mailbox(`http://127.0.0.1:${server.httpPort}`);
  const mailer = new SmtpMailer({
    smtpUrl: `smtp://127.0.0.1:${server.smtpPort}`,
    from: 'Loopin <no-reply@example.com>',
  });
  let open = true;
  const cut = async () => {
    if (open) await server.close();
    open = false;
  };
  return {
    mailer,
    arrived: (address) => box.to(address),
    cut,
    close: async () => {
      await mailer.close();
      await cut();
    },
  };
});
