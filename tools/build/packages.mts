import { createHash } from 'node:crypto';
import {
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { filesOf, PARAMETERS, requestsIn } from './package-files.mts';

/** What runs from dist/. */
const PROGRAMS = ['src', 'tools/cli'];
const FOLDER = 'dist/node_modules';
const BUNDLE = '.packages.js';
const LOADER = '.loader.js';
/** npm's record of what it has installed. */
const INSTALLED = 'node_modules/.package-lock.json';

/** Loaded from the root's node_modules: a binary, and what is large and rarely needed. */
const APART = [
  '@node-rs/argon2',
  '@fastify/static',
  'swagger-ui-dist',
  '@aws-sdk/client-s3',
  '@sentry/nestjs',
  '@supabase/supabase-js',
  'nodemailer',
  'selfsigned',
];

/**
 * Writes `dist/node_modules/.packages.js`, which holds the packages that the programs in dist/ load, and for each a file
 * by which Node finds it there before it looks in the root's node_modules: docs/adr/0025-packages-in-one-file.md.
 * @throws Error where a package is not installed
 */
export async function writePackages(root: string): Promise<void> {
  const specifiers = loadedBy(root);
  // what is led to before what leads there
  write(path.join(root, FOLDER, LOADER), readFileSync(path.join(import.meta.dirname, 'loader.cjs'), 'utf8'));
  await writeBundle(root, specifiers);
  const folder = path.join(root, FOLDER);
  const stubs = new Map(
    specifiers.map((specifier) => [stubOf(specifier), `module.exports = ${required(specifier)};\n`]),
  );
  for (const [name, text] of stubs) write(path.join(folder, name), text);
  for (const name of globSync('**/*.js', { cwd: folder })) {
    if (!stubs.has(name)) rmSync(path.join(folder, name), { force: true });
  }
}

/** The packages that the programs load, by the names that they use; of a file whose source is gone, none. */
function loadedBy(root: string): string[] {
  const sources = PROGRAMS.flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root }));
  const built = sources
    .map((source) => path.join(root, 'dist', source.replace(/ts$/, 'js')))
    .filter(existsSync);
  const requests = built.flatMap((file) => [...requestsIn(readFileSync(file, 'utf8'))]);
  const packages = new Set(requests.filter((name) => !name.startsWith('.')));
  return [...packages].filter((name) => !isBuiltin(name) && !isApart(name)).sort();
}

/** Bundling takes seconds, which whoever saves a file should not wait for each time. */
async function writeBundle(root: string, specifiers: readonly string[]): Promise<void> {
  const file = path.join(root, FOLDER, BUNDLE);
  const hash = createHash('sha256').update(specifiers.join());
  const tools = globSync('*.{mts,cjs}', { cwd: import.meta.dirname }).sort();
  const made = [...tools.map((name) => path.join(import.meta.dirname, name)), path.join(root, INSTALLED)];
  for (const one of made) hash.update(readFileSync(one));
  const madeFrom = `// ${hash.digest('hex')}\n`;
  if (existsSync(file) && readFileSync(file, 'utf8').startsWith(madeFrom))
    utimesSync(file, new Date(), new Date());
  else write(file, `${madeFrom}${await textOf(root, specifiers)}`);
}

async function textOf(root: string, specifiers: readonly string[]): Promise<string> {
  const { files, entries } = await filesOf(root, specifiers, isApart);
  const listed = (found: ReadonlyMap<string, string>) =>
    `${JSON.stringify([...found.keys()])}, ${JSON.stringify([...found.values()])}`;
  const members = Array.from(
    files,
    ([name, { text, found }]) =>
      `${JSON.stringify(name)}: [function (${PARAMETERS}) {${text}\n}, ${listed(found)}],\n`,
  );
  return `module.exports = require('./${LOADER}')({\n${members.join('')}}, ${listed(entries)});\n`;
}

/** Node takes `node_modules/@nestjs/common.js` for `@nestjs/common`, and `node_modules/ipaddr.js` for `ipaddr.js`. */
const stubOf = (specifier: string): string => (specifier.endsWith('.js') ? specifier : `${specifier}.js`);

const required = (specifier: string): string => {
  const up = '../'.repeat(specifier.split('/').length - 1);
  return `require('./${up}${BUNDLE}')(${JSON.stringify(specifier)})`;
};

const isApart = (name: string): boolean => APART.some((one) => name === one || name.startsWith(`${one}/`));

/** At once: others may be starting from it. */
function write(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const whole = `${file}.${process.pid}`;
  writeFileSync(whole, text);
  renameSync(whole, file);
}
