import type { LocalStack } from '../local/client.mts';
import { followCorrelationId } from './correlation.mts';
import { type Narrator, paint, StepFailed } from './narrator.mts';
import { playPhone, signOut } from './phone.mts';
import { playServer } from './server.mts';
import type { TemporaryStack } from './temporary-stack.mts';

/** Plays the whole story. @returns whether every step held; one that did not has been explained then. */
export async function playDemo(narrator: Narrator, temporary: TemporaryStack): Promise<boolean> {
  const begin = performance.now();
  try {
    introduce(narrator);
    const stack = await startStack(narrator, temporary);
    narrator.logs = () => stack.logs();
    await play(narrator, stack);
    narrator.conclude(performance.now() - begin);
    return true;
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    narrator.fail(error.message);
    return false;
  }
}

function introduce(narrator: Narrator): void {
  narrator.say();
  narrator.say(paint('bold', 'Loopin Backend: from a phone’s sign-up to a push that has arrived'));
  narrator.say(
    'Postgres, Redis, the queue, web and worker are real processes on this machine. OneSignal and the',
  );
  narrator.say('mail server are stand-ins that keep the real ones’ rules. Nothing leaves the machine.');
  narrator.say();
}

async function play(narrator: Narrator, stack: LocalStack): Promise<void> {
  const phone = await playPhone(narrator, stack);
  const push = await playServer(narrator, stack, phone);
  await followCorrelationId(narrator, stack, push);
  await signOut(narrator, phone);
}

function startStack(narrator: Narrator, temporary: TemporaryStack): Promise<LocalStack> {
  return narrator.step('The stack starts on free ports, in a temporary folder.', async (detail) => {
    const stack = await temporary.start();
    detail(`web ${stack.url}, worker on port ${stack.ports.worker}, state in ${stack.state}`);
    return stack;
  });
}
