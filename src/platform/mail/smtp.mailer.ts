import { createTransport, type Transporter } from 'nodemailer';
import { observeProviderCall } from '../telemetry/provider-calls';
import { type Mail, Mailer } from './mailer';

const TIMEOUT_MS = 10_000;
const MAX_CONNECTIONS = 2;

/** SMTP with pooled connections. `Message-ID` comes from the mail's id, so that a repeat is recognised as one. */
export class SmtpMailer extends Mailer {
  private readonly transport: Transporter;
  private readonly domain: string;

  constructor(options: { smtpUrl: string; from: string }) {
    super();
    this.domain = options.from.split('@').at(-1)?.replace('>', '') ?? 'localhost';
    const timeouts = {
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
    };
    this.transport = createTransport(
      { url: options.smtpUrl, pool: true, maxConnections: MAX_CONNECTIONS, ...timeouts },
      { from: options.from },
    );
  }

  async send(mail: Mail): Promise<void> {
    const { id, ...content } = mail;
    const message = { ...content, messageId: `<${id}@${this.domain}>` };
    await observeProviderCall('smtp', () => this.transport.sendMail(message));
  }

  close(): void {
    this.transport.close();
  }
}
