// The process behind "mailbox".
import { endWithParent } from '../services/own-process.mts';
import { startMailbox } from './mailbox.mts';

const mailbox = await startMailbox({
  smtp: Number(process.env.SMTP_PORT),
  http: Number(process.env.PORT),
  applePrivateKey: process.env.APPLE_PRIVATE_KEY ?? '',
});
endWithParent(() => mailbox.close());
