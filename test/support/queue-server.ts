import path from 'node:path';
import { ROOT } from './program';
import type { TestStack } from './test-stack';
import { waitFor } from './wait-for';

/** The SQS server of a stack, to be taken away and given back. */
export class QueueServer {
  constructor(private readonly stack: TestStack) {}

  /** It takes connections and never answers, until `resume`. */
  hang(): void {
    process.kill(this.stack.local.pid('sqs'), 'SIGSTOP');
  }

  resume(): void {
    process.kill(this.stack.local.pid('sqs'), 'SIGCONT');
  }

  /** Nothing listens any more, until `startAgain`. */
  async kill(): Promise<void> {
    process.kill(this.stack.local.pid('sqs'), 'SIGKILL');
    await waitFor('the end of SQS', async () => !(await this.#answers()), 30_000);
  }

  /** Another one on the same port with the same queues; it ends with the stack. */
  async startAgain(): Promise<void> {
    const { state, ports } = this.stack.local;
    this.stack.run([path.join(ROOT, 'tools/local/services/sqs-server.mts')], {
      PORT: String(ports.sqs),
      DATA_FOLDER: path.join(state, 'sqs'),
    });
    await waitFor('SQS', () => this.#answers(), 30_000);
  }

  async #answers(): Promise<boolean> {
    const url = `http://127.0.0.1:${this.stack.local.ports.sqs}/health`;
    return fetch(url, { signal: AbortSignal.timeout(500) }).then(
      ({ ok }) => ok,
      () => false,
    );
  }
}
