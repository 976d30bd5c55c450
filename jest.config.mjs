/**
 * Seven kinds of test, chosen by `--selectProjects`:
 * unit (no process, no network), integration (one adapter against its real service), local (the tools of this
 * machine), e2e (the built dist/ as two processes), chaos (the same while something breaks), image (the container),
 * infra (the resource graph of each stage).
 */

/** What ships as ECMAScript modules only: jest runs CommonJS, so these are compiled like our own files. */
const ESM_ONLY = [
  'jose',
  'kysely',
  'sqs-consumer',
  'uuid',
  'commander',
  'cockatiel',
  'dpop',
  'fast-check',
  'temporal-(?:polyfill|utils)',
  'svix',
  '@octokit/webhooks-methods',
];
/** Exported to `import` alone, so that jest, which requires, would not find it. */
const IMPORT_ONLY = {
  '^@octokit/webhooks-methods$': '<rootDir>/node_modules/@octokit/webhooks-methods/dist-node/index.js',
};

const swc = [
  '@swc/jest',
  {
    swcrc: false,
    sourceMaps: 'inline',
    module: { type: 'commonjs' },
    jsc: {
      target: 'es2024',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: true },
      keepClassNames: true,
    },
  },
];

/** For the kinds that share running services among their files. */
const SHARED = {
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
};

const project = (displayName, testMatch, more = {}) => ({
  ...more,
  displayName,
  testEnvironment: 'node',
  rootDir: import.meta.dirname,
  testMatch: testMatch.map((pattern) => `<rootDir>/${pattern}`),
  moduleFileExtensions: ['ts', 'mts', 'js', 'mjs', 'cjs', 'json', 'node'],
  moduleNameMapper: IMPORT_ONLY,
  transform: { '\\.[cm]?[jt]s$': swc },
  transformIgnorePatterns: [`/node_modules/(?!(${ESM_ONLY.join('|')})/)`],
});

export default {
  projects: [
    project('unit', ['src/**/*.spec.ts', 'tools/**/*.spec.ts']),
    project('integration', ['test/integration/**/*.spec.ts'], SHARED),
    project('local', ['test/local/**/*.spec.ts']),
    project('e2e', ['test/e2e/**/*.spec.ts'], SHARED),
    project('chaos', ['test/chaos/**/*.spec.ts']),
    project('image', ['test/image/**/*.spec.ts']),
    {
      ...project('infra', ['test/infra/**/*.spec.ts']),
      globalSetup: '<rootDir>/test/support/infra/graphs.setup.mjs',
    },
  ],
};
