// The process behind "storage".
import { endWithParent } from '../services/own-process.mts';
import { startStorage } from './sandbox.mts';

const { DATA_FOLDER = '', SERVICE_KEY = '', PORT } = process.env;
const sandbox = await startStorage(DATA_FOLDER, SERVICE_KEY, Number(PORT));
endWithParent(() => sandbox.close());
