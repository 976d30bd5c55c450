import { Algorithm } from '@node-rs/argon2';

/** OWASP Password Storage Cheat Sheet: argon2id, 19 MiB, 2 passes, 1 lane. */
export const ARGON2_PARAMETERS = {
  algorithm: Algorithm.Argon2id,
  memoryCost: 19_456,
  timeCost: 2,
  parallelism: 1,
};

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=\d+\$/;

/** Whether a PHC string was made by less memory or fewer passes than today's, or by another algorithm. */
export function isWeakerThanToday(hash: string): boolean {
  const [, memoryCost, timeCost] = PHC.exec(hash) ?? [];
  return (
    Number(memoryCost ?? 0) < ARGON2_PARAMETERS.memoryCost ||
    Number(timeCost ?? 0) < ARGON2_PARAMETERS.timeCost
  );
}
