import { createTransport } from 'nodemailer';
import { type Mail, type Mailbox, startMailbox } from '../../tools/local/mailbox/mailbox.mts';

jest.setTimeout(60_000);

describe('the mailbox', () => {
  let mailbox: Mailbox;

  beforeAll(async () => {
    mailbox = await startMailbox({ smtp: 0, http: 0 });
  });
  beforeEach(() => fetch(url(), { method: 'DELETE' }));
  afterAll(() => mailbox.close());

  const url = (query = '') => `http://127.0.0.1:${mailbox.httpPort}/messages${query}`;
  const read = async (query = '') => (await (await fetch(url(query))).json()) as Mail[];

  async function send(to: string, subject: string): Promise<void> {
    const transport = createTransport({ host: '127.0.0.1', port: mailbox.smtpPort, pool: true });
    await transport.sendMail({ from: 'no-reply@loopin.localhost', to, subject, text: 'Code: 123456 – ✓' });
    transport.close();
  }

  it('shows what it received, newest first', async () => {
    await send('ali@example.com', 'First');
    await send('ali@example.com', 'Second ✓');

    expect(await read('?to=ALI@example.com')).toEqual([
      {
        id: expect.any(String),
        to: 'ali@example.com',
        subject: 'Second ✓',
        text: 'Code: 123456 – ✓',
        receivedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      },
      expect.objectContaining({ subject: 'First' }),
    ]);
  });

  it('keeps the addresses apart', async () => {
    await send('ali@example.com, sara@example.com', 'To both');

    expect(await read('?to=sara@example.com')).toHaveLength(1);
    expect(await read('?to=nobody@example.com')).toEqual([]);
    expect(await read()).toHaveLength(2);
  });

  it('is empty after DELETE', async () => {
    await send('ali@example.com', 'Gone');
    const { status } = await fetch(url(), { method: 'DELETE' });

    expect(status).toBe(204);
    expect(await read()).toEqual([]);
  });
});
