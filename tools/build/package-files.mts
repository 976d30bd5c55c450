import { readFileSync } from 'node:fs';
import { createRequire, findPackageJSON, isBuiltin } from 'node:module';
import path from 'node:path';
import { compileFunction } from 'node:vm';
import { transform } from '@swc/core';
import { minify } from 'terser';

/** What a file is a function of. */
export const PARAMETERS = ['exports', 'require', 'module', '__filename', '__dirname'];

/** A file of a package. */
export interface PackageFile {
  /** CommonJS, without comments. */
  readonly text: string;
  /** What it requires: as it says it, and the file that it is, as a path from the root. */
  readonly found: ReadonlyMap<string, string>;
}

/**
 * The files that the packages consist of, as far as `require` leads: found by Node's own rules.
 * @param specifiers the packages, as a file in the root would call them
 * @throws Error where one of them is not installed, or a file can't be read
 */
export async function filesOf(
  root: string,
  specifiers: readonly string[],
  isApart: (name: string) => boolean,
) {
  const files = new Map<string, PackageFile>();
  const nameOf = (file: string) => path.relative(root, file);
  const fromRoot = createRequire(path.join(root, 'package.json'));
  const entries = new Map(specifiers.map((name) => [name, nameOf(fromRoot.resolve(name))]));
  const rest = [...new Set(entries.values())];
  for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
    if (files.has(name)) continue;
    const file = path.join(root, name);
    const text = await textOf(file).catch((cause) => {
      throw new Error(`${name} can't be built in: name its package in APART`, { cause });
    });
    const all = [...requestsIn(text)].filter((request) => !isBuiltin(request) && !isApart(request));
    const resolved = all.flatMap((request) => {
      const found = resolve(file, request);
      return found === undefined ? [] : [[request, nameOf(found)] as const];
    });
    files.set(name, { text, found: new Map(resolved) });
    rest.push(...resolved.map(([, found]) => found));
  }
  return { files, entries };
}

/** A package that is not installed is one that others do without. A binary is left to Node. */
function resolve(file: string, request: string): string | undefined {
  try {
    const found = createRequire(file).resolve(request);
    return /\.(c?js|mjs|json)$/.test(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

/** Of a text without comments. What only looks like it, in a string, makes the bundle larger by what it would load. */
export const requestsIn = (text: string): Set<string> =>
  new Set(Array.from(text.matchAll(/\brequire\((["'])([^"']+)\1\)/g), ([, , name = '']) => name));

async function textOf(file: string): Promise<string> {
  const text = readFileSync(file, 'utf8').replace(/^#!.*/, '');
  const code = await lean(await asCommonJs(file, text));
  // it would be looked for beside the bundle
  if (/\bimport\(["']\./.test(code)) throw new Error('it imports a file of its own while it runs');
  compileFunction(code, PARAMETERS);
  return code;
}

/** @see https://nodejs.org/api/packages.html#determining-module-system */
function isModule(file: string): boolean {
  if (!file.endsWith('.js')) return file.endsWith('.mjs');
  const described = findPackageJSON('.', file);
  return described !== undefined && JSON.parse(readFileSync(described, 'utf8')).type === 'module';
}

async function asCommonJs(file: string, text: string): Promise<string> {
  if (file.endsWith('.json')) return `module.exports=${text}`;
  if (!isModule(file)) return text;
  const { code } = await transform(text, {
    configFile: false,
    swcrc: false,
    isModule: true,
    module: { type: 'commonjs', importInterop: 'node' },
    jsc: { target: 'es2024', parser: { syntax: 'ecmascript' } },
  });
  return code;
}

/**
 * Without comments, and in ASCII: all of the bundle stays in memory, a byte a character, or two if one of them needs it.
 * Names stay: they appear in logs. Lines are short: Node shows the one that threw.
 */
async function lean(text: string): Promise<string> {
  const { code } = await minify(text, {
    compress: false,
    mangle: false,
    parse: { bare_returns: true },
    format: { comments: false, ascii_only: true, ecma: 2020, max_line_len: 200 },
  });
  if (code === undefined) throw new Error('terser gave nothing');
  return code;
}
