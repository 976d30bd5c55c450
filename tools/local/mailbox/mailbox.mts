import { randomUUID } from 'node:crypto';
import type { Server } from 'node:http';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { LeakedRanges } from '../hibp/range-routes.mts';
import { close, createServer, listen, sendJson, sendNothing } from '../http.mts';
import { OidcIssuer } from '../oidc/oidc-routes.mts';
import { LOOPBACK } from '../ports.mts';

/** One mail to one recipient. */
export interface Mail {
  readonly id: string;
  /** The address of the envelope. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** ISO 8601. */
  readonly receivedAt: string;
}

export interface Mailbox {
  readonly smtpPort: number;
  readonly httpPort: number;
  close(): Promise<void>;
}

/** The oldest go first beyond this many. */
const CAPACITY = 20_000;

/** Takes every mail by SMTP and shows it over HTTP. Ports of 0 are chosen by the system. */
export async function startMailbox(ports: {
  smtp: number;
  http: number;
  /** For the local issuer: what our servers sign with at Apple. */
  applePrivateKey?: string;
}): Promise<Mailbox> {
  const mails: Mail[] = [];
  const smtp = smtpServer((mail) => {
    mails.push(mail);
    if (mails.length > CAPACITY) mails.shift();
  });
  const web = httpServer(mails, new OidcIssuer(ports.applePrivateKey ?? ''));
  const smtpPort = await listenSmtp(smtp, ports.smtp);
  const httpPort = await listen(web, ports.http);
  return {
    smtpPort,
    httpPort,
    close: async () => {
      await Promise.all([close(web), new Promise<void>((resolve) => smtp.close(() => resolve()))]);
    },
  };
}

function smtpServer(keep: (mail: Mail) => void): SMTPServer {
  return new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    closeTimeout: 1_000,
    onData(stream, session, done) {
      simpleParser(stream)
        .then(({ subject = '', text = '' }) => {
          const receivedAt = new Date().toISOString();
          for (const { address } of session.envelope.rcptTo) {
            keep({ id: randomUUID(), to: address, subject, text: text.trim(), receivedAt });
          }
          done();
        })
        .catch(done);
    },
  });
}

/**
 * `GET /messages?to=ADDRESS`, newest first; `DELETE /messages`. Below `/hibp/` are the ranges of leaked passwords, below
 * `/oidc/` the local issuer.
 */
function httpServer(mails: Mail[], issuer: OidcIssuer): Server {
  const ranges = new LeakedRanges();
  return createServer(async (request, response, url) => {
    if (url.pathname.startsWith('/hibp/')) return ranges.route(request, response, url);
    if (url.pathname.startsWith('/oidc/')) return issuer.route(request, response, url);
    if (url.pathname !== '/messages') return sendJson(response, 404, { error: 'there is only /messages' });
    if (request.method === 'DELETE') {
      mails.length = 0;
      return sendNothing(response);
    }
    const to = url.searchParams.get('to')?.toLowerCase();
    const found = to ? mails.filter((mail) => mail.to.toLowerCase() === to) : mails;
    sendJson(response, 200, found.toReversed());
  });
}

function listenSmtp(smtp: SMTPServer, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    smtp.once('error', reject);
    const server = smtp.listen(port, LOOPBACK, () => {
      // A client that goes away in the middle is no reason to stop.
      smtp.off('error', reject).on('error', () => undefined);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}
