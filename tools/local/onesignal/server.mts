// The process behind "onesignal".
import { endWithParent } from '../services/own-process.mts';
import { startSandbox } from './sandbox.mts';

const { APP_ID = '', API_KEY = '', WEBHOOK_URL = '', WEBHOOK_SECRET = '', PORT } = process.env;
const config = { appId: APP_ID, apiKey: API_KEY, webhookUrl: WEBHOOK_URL, webhookSecret: WEBHOOK_SECRET };
const sandbox = await startSandbox(config, Number(PORT));
endWithParent(() => sandbox.close());
