// Takes Sentry's envelopes as Sentry's own servers do, keeps them in memory, and shows them to who looks.
// PORT. Started by the supervisor.
import { close, listen } from '../http.mts';
import { endWithParent } from '../services/own-process.mts';
import { sentrySink } from './sink.mts';

const server = sentrySink();
endWithParent(() => close(server));
await listen(server, Number(process.env.PORT));
