import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Program, ROOT } from '../support/program';

jest.setTimeout(60_000);

/** What stays apart from the bundle although every start needs it: a binary, and what picks the right one. */
const APART = /^@node-rs\/argon2/;

/** Tells which files of node_modules Node read itself. */
const WATCHED = `
  const read = [];
  for (const type of ['.js', '.json', '.node']) {
    const nodes = require.extensions[type];
    require.extensions[type] = (module, file) => { read.push(file); nodes(module, file); };
  }
  const readPackages = (root) => read
    .filter((file) => file.startsWith(root + '/node_modules/'))
    .map((file) => file.slice(root.length + '/node_modules/'.length));`;

async function toldBy<Told>(...args: string[]): Promise<Told> {
  const program = new Program(args, {});
  expect([await program.ended(), program.stderr]).toEqual([0, []]);
  return JSON.parse(program.stdout.join('')) as Told;
}

describe('the packages in dist', () => {
  it.each(['web', 'worker'])('are what %s loads, and Node reads none of them itself', async (root) => {
    const read = await toldBy<string[]>(
      '-e',
      `${WATCHED}
      require('./dist/node_modules/reflect-metadata');
      require('./dist/src/${root}.module');
      require('./dist/src/start');
      console.log(JSON.stringify(readPackages(process.cwd())));`,
    );
    expect(read.filter((name) => !APART.test(name))).toEqual([]);
  });
});

describe('a package that is built in', () => {
  let root: string;

  beforeAll(async () => {
    root = mkdtempSync(path.join(os.tmpdir(), 'loopin-build-'));
    for (const [name, text] of Object.entries(FILES)) {
      mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
      writeFileSync(path.join(root, name), text);
    }
    const packages = path.join(ROOT, 'tools/build/packages.mts');
    const build = new Program(
      ['-e', `import('${packages}').then((tool) => tool.writePackages('${root}'))`],
      {},
    );
    expect([await build.ended(), build.stderr]).toEqual([0, []]);
  });

  afterAll(() => rmSync(root, { recursive: true }));

  it('does what it does when Node loads it, and is the same module for both', async () => {
    interface Told {
      readonly read: string[];
      readonly told: Record<string, unknown>;
    }
    // another build has come this far
    writeFileSync(
      path.join(root, 'dist/node_modules/late.js'),
      `module.exports = require('./.packages.js')('late');`,
    );
    const built = await toldBy<Told>(path.join(root, 'dist/src/main.js'));
    expect(built.read).toEqual(['late/index.js', 'by-expression/index.js', 'apart/index.js']);

    rmSync(path.join(root, 'dist/node_modules'), { recursive: true });
    const { read, told } = await toldBy<Told>(path.join(root, 'dist/src/main.js'));
    expect(read).toContain('plain/index.js');
    expect(built.told).toEqual(told);
    expect(told).toEqual({
      where: path.join(root, 'node_modules/plain'),
      resolved: path.join(root, 'node_modules/plain/other.js'),
      other: 'other, half loaded: true',
      json: { text: 'é' },
      missing: ['MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'],
      broken: ['broken', 'broken'],
      esm: ['Kept', 42],
      defaults: { default: 'of the marked', __esModule: true },
      late: 'asked of Node',
      byExpression: 'found',
      same: true,
    });
  });
});

const FILES = {
  'package.json': '{}',
  'node_modules/.package-lock.json': '{}',
  'src/main.ts': '',
  'dist/src/main.js': `${WATCHED}
    const plain = require("plain");
    const esm = require("esm");
    const told = {
      ...plain.told,
      esm: [esm.Kept.name, esm.twice(21)],
      defaults: esm.defaults,
      late: require(['la', 'te'].join('')),
      byExpression: plain.load(['by', 'expression'].join('-')),
      same: require(['..', '..', 'node_modules', 'apart'].join('/')) === plain,
    };
    console.log(JSON.stringify({ read: readPackages(require('node:path').resolve(__dirname, '../..')), told }));`,
  'node_modules/plain/package.json': '{}',
  'node_modules/plain/index.js': `
    // require("a-comment")
    const tries = (load) => [1, 2].map(() => { try { return load(); } catch (error) { return error.code ?? error.message; } });
    exports.half = true;
    exports.load = (name) => require(name);
    exports.told = {
      where: __dirname,
      resolved: require.resolve('./other'),
      other: require('./other').text,
      json: require('./data.json'),
      missing: tries(() => require('missing')),
      broken: tries(() => require('./broken')),
    };`,
  'node_modules/plain/other.js': `exports.text = 'other, half loaded: ' + require('./index').half;`,
  'node_modules/plain/data.json': '{ "text": "é" }',
  'node_modules/plain/broken.js': `throw new Error('broken');`,
  'node_modules/esm/package.json': '{ "type": "module", "exports": "./index.js" }',
  'node_modules/esm/index.js': `import { two } from './two.js'; import defaults from 'marked'; export { defaults }; export class Kept {} export const twice = (n) => n * two;`,
  'node_modules/esm/two.js': 'export const two = 2;',
  'node_modules/marked/package.json': '{}',
  'node_modules/marked/index.js': `#!/usr/bin/env node\nexports.default = 'of the marked'; exports.__esModule = true;`,
  'node_modules/late/package.json': '{}',
  'node_modules/late/index.js': `module.exports = 'asked of Node';`,
  'node_modules/by-expression/package.json': '{}',
  'node_modules/by-expression/index.js': `module.exports = 'found';`,
  'node_modules/apart/package.json': '{}',
  'node_modules/apart/index.js': `module.exports = require('plain');`,
};
