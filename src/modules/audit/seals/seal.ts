import { z } from 'zod';
import { sha256 } from '../../../shared/hash';
import type { AuditPosition } from './audit-record';

/** Neither a leaf (0) nor a node (1). */
const SEAL = Buffer.from([2]);

/** What the first seal follows. */
export const GENESIS = Buffer.alloc(32);

/** Holds the rows behind those of the seal before, up to `last`, to what they were when it was made. */
export interface Seal {
  /** 1, 2, 3 … */
  readonly number: number;
  readonly last: AuditPosition;
  readonly rowCount: number;
  readonly root: Buffer;
  /** The hash of the seal before. */
  readonly previous: Buffer;
  readonly hash: Buffer;
  readonly sealedAt: Date;
}

export function sealHash({ number, last, rowCount, root, previous, sealedAt }: Omit<Seal, 'hash'>): Buffer {
  const content = [number, last.position, last.id, rowCount, root.toString('hex'), sealedAt.toISOString()];
  return sha256(SEAL, previous, JSON.stringify(content));
}

export function newSeal(content: Omit<Seal, 'hash'>): Seal {
  return { ...content, hash: sealHash(content) };
}

/** A seal as it is copied to the archive. */
export const SealCopy = z.object({
  number: z.number().int().positive(),
  lastPosition: z.number().int(),
  lastId: z.string(),
  rowCount: z.number().int().positive(),
  root: z.string(),
  previous: z.string(),
  hash: z.string(),
  sealedAt: z.string(),
});
export type SealCopy = z.infer<typeof SealCopy>;

export const toCopy = (seal: Seal): SealCopy => ({
  number: seal.number,
  lastPosition: seal.last.position,
  lastId: seal.last.id,
  rowCount: seal.rowCount,
  root: seal.root.toString('hex'),
  previous: seal.previous.toString('hex'),
  hash: seal.hash.toString('hex'),
  sealedAt: seal.sealedAt.toISOString(),
});
