import type { Transporter } from 'nodemailer';
import { FirstUse } from '../../shared/first-use';
import { observeProviderCall } from '../telemetry/provider-calls';
import { type Mail, Mailer } from './mailer';

const TIMEOUT_MS = 10_000;
const MAX_CONNECTIONS = 2;

/**
 * SMTP with pooled connections. `Message-ID` comes from the mail's id, so that a repeat is recognised as one. nodemailer
 * is loaded by the first mail.
 */
export class SmtpMailer extends Mailer {
  private readonly transport = new FirstUse(() => this.connect());
  private readonly domain: string;

  constructor(private readonly options: { smtpUrl: string; from: string }) {
    super();
    this.domain = options.from.split('@').at(-1)?.replace('>', '') ?? 'localhost';
  }

  async send(mail: Mail): Promise<void> {
    const { id, ...content } = mail;
    const message = { ...content, messageId: `<${id}@${this.domain}>` };
    const transport = await this.transport.get();
    await observeProviderCall('smtp', () => transport.sendMail(message));
  }

  close(): Promise<void> {
    return this.transport.close((transport) => transport.close());
  }

  private async connect(): Promise<Transporter> {
    const { createTransport } = await import('nodemailer');
    const { smtpUrl, from } = this.options;
    const timeouts = {
      connectionTimeout: TIMEOUT_MS,
      greetingTimeout: TIMEOUT_MS,
      socketTimeout: TIMEOUT_MS,
    };
    return createTransport(
      { url: smtpUrl, pool: true, maxConnections: MAX_CONNECTIONS, ...timeouts },
      { from },
    );
  }
}
