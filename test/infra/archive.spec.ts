import { ARCHIVED } from '../../src/data-classes';
import { newSeal } from '../../src/modules/audit/seals/seal';
import { SealCopies } from '../../src/modules/audit/seals/seal-copies';
import { ErasureLedger } from '../../src/modules/privacy';
import { newId } from '../../src/shared/ids';
import { graphOf, STAGES, select } from '../support/infra/graph';
import { MemoryArchive } from '../support/memory-archive';

const NONE = Buffer.alloc(32);
const SEVEN_YEARS = 2557;

/** What the worker writes into the archive, by doing it. */
async function written(): Promise<string[]> {
  const archive = new MemoryArchive();
  const now = new Date();
  const last = { position: 1, id: newId() };
  const seal = newSeal({ number: 1, last, rowCount: 1, root: NONE, previous: NONE, sealedAt: now });
  await new SealCopies(archive).keep(seal);
  await new ErasureLedger(archive).add(newId<'User'>(), now);
  const months = ARCHIVED.map(({ name }) => `${name}/2026-11/manifest.json`);
  return [...archive.objects.keys(), ...months];
}

const prefixes = async () =>
  [...new Set((await written()).map((key) => key.slice(0, key.indexOf('/') + 1)))].sort();

/** Of others: the containers' logs, and the trail of the account. */
const OF_OTHERS = ['logs/', 'trail/'];

describe.each(STAGES)('what the worker archives in %s', (stage) => {
  it('is what its role lets it write', async () => {
    const roles = select(graphOf(stage), 'iam/role:Role', /^Worker.*TaskRole/);
    const writable = JSON.stringify(roles.map(({ inputs }) => inputs)).matchAll(
      /:::ArchiveBucket\/(\w+\/)\*/g,
    );
    expect([...writable].map(([, prefix]) => prefix).sort()).toEqual(await prefixes());
  });

  it('is forgotten after seven years, each by a rule of its own', async () => {
    const [lifecycle] = select(graphOf(stage), 'BucketLifecycleConfiguration', /^ArchiveLifecycle$/);
    const rules = lifecycle?.inputs.rules as readonly { filter: { prefix: string }; expiration: object }[];
    const own = rules.filter(({ filter }) => !OF_OTHERS.includes(filter.prefix));
    expect(own.map(({ filter }) => filter.prefix).sort()).toEqual(await prefixes());
    expect(own.map(({ expiration }) => expiration)).toEqual(own.map(() => ({ days: SEVEN_YEARS })));
  });
});
