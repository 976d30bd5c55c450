import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { requireOf } from './cloud.mts';
import { platformOf } from './platform.mts';

export interface Bundle {
  readonly code: string;
  readonly outfile: string;
  readonly define: Record<string, string>;
  readonly banner?: string;
  readonly inject?: readonly string[];
  /** Written before each file of ours: the names that SST makes global. */
  readonly globals?: string;
}

/** What esbuild offers, as far as it is used here; the platform brings its own version. */
interface Esbuild {
  build(options: Record<string, unknown>): Promise<unknown>;
}

interface PluginBuild {
  onLoad(
    filter: { filter: RegExp },
    load: (file: { path: string }) => { contents: string; loader: string } | undefined,
  ): void;
}

const REQUIRE = `import { createRequire as __createRequire } from 'node:module';
import { fileURLToPath as __toPath, URL as __URL } from 'node:url';
const require = __createRequire(import.meta.url);
const __filename = __toPath(import.meta.url);
const __dirname = __toPath(new __URL('.', import.meta.url));`;
const EXTERNAL = [
  '@pulumi/*',
  '@pulumiverse/*',
  '@sst-provider/*',
  '@aws-sdk/*',
  'undici',
  'esbuild',
  'archiver',
  'glob',
  'vite',
];

/** Bundles a piece of code that imports sst.config.ts as the SST program does, and loads it. */
export async function load(root: string, bundle: Bundle): Promise<Record<string, unknown>> {
  const platform = platformOf(root);
  const esbuild = requireOf(platform)('esbuild') as Esbuild;
  await esbuild.build({
    stdin: { contents: bundle.code, resolveDir: root, sourcefile: 'program.ts', loader: 'ts' },
    outfile: bundle.outfile,
    bundle: true,
    write: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    mainFields: ['module', 'main'],
    logLevel: 'error',
    nodePaths: [path.join(platform, 'node_modules')],
    external: EXTERNAL,
    define: bundle.define,
    inject: [...(bundle.inject ?? [])],
    banner: { js: `${REQUIRE}\n${bundle.banner ?? ''}` },
    plugins: [withGlobals(root, bundle.globals ?? '')],
  });
  return (await import(pathToFileURL(bundle.outfile).href)) as Record<string, unknown>;
}

function withGlobals(root: string, globals: string) {
  const ours = (file: string) => !file.startsWith(path.join(root, '.sst')) && !file.includes('node_modules');
  return {
    name: 'globals',
    setup(build: PluginBuild): void {
      build.onLoad({ filter: /\.(ts|tsx|js|jsx)$/ }, ({ path: file }) =>
        ours(file) ? { contents: `${globals}\n${readFileSync(file, 'utf8')}`, loader: 'default' } : undefined,
      );
    },
  };
}
