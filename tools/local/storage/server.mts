// The process behind "storage".
import { endWithParent } from '../services/own-process.mts';
import { startStorage } from './sandbox.mts';

const { DATA_FOLDER = '', SERVICE_KEY = '', BUCKET = '', PORT } = process.env;
const config = { folder: DATA_FOLDER, serviceKey: SERVICE_KEY, bucket: BUCKET };
const sandbox = await startStorage(config, Number(PORT));
endWithParent(() => sandbox.close());
