import { lookAround, otherLoad } from '../harness/proc.mts';

/** What a stretch of a bench cost, and what others did meanwhile. */
export interface Usage {
  readonly seconds: number;
  /** Of this process and of all that it started, on all cores together. */
  readonly cpuSeconds: number;
  /** The share of the machine that others used, 0 to 1. */
  readonly others: number;
}

/** @returns what was used since now, whenever it is asked */
export function meter(cores: number): () => Usage {
  const from = lookAround();
  return () => {
    const to = lookAround();
    let nanoseconds = 0;
    for (const [pid, spent] of to.ours) nanoseconds += spent - (from.ours.get(pid) ?? 0);
    return {
      seconds: (to.at - from.at) / 1_000,
      cpuSeconds: nanoseconds / 1e9,
      others: otherLoad(from, to, cores),
    };
  };
}
