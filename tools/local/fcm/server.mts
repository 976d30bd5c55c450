// The process behind "fcm".
import { createPublicKey } from 'node:crypto';
import { endWithParent } from '../services/own-process.mts';
import { startFcmSandbox } from './sandbox.mts';

const {
  PROJECT_ID = '',
  CLIENT_EMAIL = '',
  PRIVATE_KEY = '',
  TLS_KEY = '',
  TLS_CERT = '',
  PORT,
} = process.env;
const publicKey = createPublicKey(PRIVATE_KEY);
const tls = { key: TLS_KEY, cert: TLS_CERT };
const config = { projectId: PROJECT_ID, clientEmail: CLIENT_EMAIL, publicKey, tls };
const sandbox = await startFcmSandbox(config, Number(PORT));
endWithParent(() => sandbox.close());
