import { GUARDIAN, SUPERVISOR } from './names.mts';
import { killAll, type Processes } from './process-table.mts';

/** Ends what a supervisor that was killed has left behind, and returns the names. */
export async function recover(left: Processes): Promise<string[]> {
  const guardian = left.get(GUARDIAN);
  // First the guardian, or it would clear up at the same time.
  if (guardian) await killAll([guardian]);
  const others = [...left].filter(([name]) => name !== GUARDIAN && name !== SUPERVISOR);
  await killAll(others.map(([, identity]) => identity));
  return others.map(([name]) => name);
}
