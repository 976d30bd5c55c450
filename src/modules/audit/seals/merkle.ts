import { sha256 } from '../../../shared/hash';

/** RFC 6962, section 2.1: a leaf can never be taken for a node. */
const LEAF = Buffer.from([0]);
const NODE = Buffer.from([1]);

export const leafHash = (content: string): Buffer => sha256(LEAF, content);

/**
 * Merkle tree hash (RFC 6962, section 2.1) over leaf hashes, given one by one: it keeps one hash a level, so its
 * memory grows with the logarithm of their number.
 */
export class MerkleTree {
  private readonly complete: (Buffer | undefined)[] = [];
  private leaves = 0;

  add(leaf: Buffer): void {
    this.leaves += 1;
    let level = 0;
    let hash = leaf;
    for (let left = this.complete[0]; left !== undefined; left = this.complete[level]) {
      hash = sha256(NODE, left, hash);
      this.complete[level] = undefined;
      level += 1;
    }
    this.complete[level] = hash;
  }

  get size(): number {
    return this.leaves;
  }

  /** Of the leaves so far; SHA-256 of nothing where there are none. */
  root(): Buffer {
    const parts = this.complete.filter((hash) => hash !== undefined);
    const [smallest, ...larger] = parts;
    if (smallest === undefined) return sha256('');
    return larger.reduce((right, left) => sha256(NODE, left, right), smallest);
  }
}
