import { Program } from '../support/program';
import { Services } from '../support/services';

jest.setTimeout(60_000);

describe('a statement that is over', () => {
  let services: Services;

  beforeAll(async () => {
    services = await Services.start();
  });
  afterAll(() => services.stop());

  it('keeps nothing of what it was given until a major collection', async () => {
    const program = new Program(['--expose-gc', 'test/support/kept-memory.mts'], {
      DATABASE_URL: services.env('DATABASE_URL'),
    });
    expect(await program.ended()).toBe(0);
    const kept = JSON.parse(program.stdout.at(-1) ?? '[]') as number[];
    // of 3 MB a round; a major collection that comes in between frees more, and makes old what is under way
    expect(kept.toSorted((a, b) => a - b)[2]).toBeLessThan(1);
  });
});
