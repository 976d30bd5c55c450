import fc from 'fast-check';
import { sha256 } from '../../../shared/hash';
import { leafHash, MerkleTree } from './merkle';

/** As RFC 6962 words it: split at the largest power of two below the number of leaves. */
function treeHash(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (only === undefined) return sha256('');
  if (leaves.length === 1) return only;
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha256(Buffer.from([1]), treeHash(leaves.slice(0, split)), treeHash(leaves.slice(split)));
}

function rootOf(contents: readonly string[]): Buffer {
  const tree = new MerkleTree();
  for (const content of contents) tree.add(leafHash(content));
  return tree.root();
}

describe('MerkleTree', () => {
  it('is that of RFC 6962, whatever the number of leaves', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 70 }), (contents) => {
        expect(rootOf(contents)).toEqual(treeHash(contents.map(leafHash)));
      }),
    );
  });

  it('tells a node from a leaf, and one order from another', () => {
    expect(rootOf(['a', 'b'])).not.toEqual(rootOf(['b', 'a']));
    const joined = Buffer.concat([leafHash('a'), leafHash('b')]).toString('latin1');
    expect(rootOf(['a', 'b'])).not.toEqual(rootOf([joined]));
  });
});
