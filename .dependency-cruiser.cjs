/**
 * Which way things flow: main → root module → controller | consumer | schedule → service → port ← adapter → platform
 * → shared. `npm run check` refuses anything else. A comment says why a rule is there.
 * @type {import('dependency-cruiser').IConfiguration}
 */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment:
        'Two files that need each other are one file, or a missing third: a cycle also breaks Nest’s injection.',
      severity: 'error',
      from: { path: '^(src|tools|test|bench)' },
      to: { circular: true },
    },
    {
      name: 'modules-by-their-door',
      comment: 'What a module has inside is its own affair: only index.ts is promised to the others.',
      severity: 'error',
      from: { path: '^src/modules/([^/]+)/' },
      to: { path: '^src/modules/([^/]+)/', pathNot: ['^src/modules/$1/', '^src/modules/[^/]+/index\\.ts$'] },
    },
    {
      name: 'tools-by-the-door',
      comment: 'The operators’ commands use the same door as every module.',
      severity: 'error',
      from: { path: '^tools/cli/' },
      to: { path: '^src/modules/', pathNot: '^src/modules/[^/]+/index\\.ts$' },
    },
    {
      name: 'roots-take-mode-doors',
      comment:
        'A root module takes the part of a module that its mode runs (and what it sweeps): through index.ts each ' +
        'process would load what only the other one needs.',
      severity: 'error',
      from: { path: '^src/[^/]+\\.ts$' },
      to: {
        path: '^src/modules/',
        pathNot:
          '^src/modules/[^/]+/([a-z-]+\\.(http|worker)\\.module|[a-z-]+\\.(expiry|jobs)|startup-check)\\.ts$',
      },
    },
    {
      name: 'shared-is-pure',
      comment:
        'shared holds what everybody may need: the moment it imports one of them, it drags that along everywhere.',
      severity: 'error',
      from: { path: '^src/shared/' },
      to: { path: '^(src|tools|test|bench|infra)/', pathNot: '^src/shared/' },
    },
    {
      name: 'config-knows-shared-only',
      comment: 'The environment is read before anything else exists.',
      severity: 'error',
      from: { path: '^src/config/' },
      to: { path: '^(src|tools|test|bench|infra)/', pathNot: '^src/(config|shared)/' },
    },
    {
      name: 'platform-knows-no-module',
      comment:
        'Clients of the outside world serve any module; a feature in them would make every module depend on it.',
      severity: 'error',
      from: { path: '^src/platform/' },
      to: { path: '^(src|tools|test|bench|infra)/', pathNot: '^src/(platform|config|shared)/' },
    },
    {
      name: 'roots-are-at-the-top',
      comment: 'Only the start chooses a mode and its root module; nothing below may ask which one runs.',
      severity: 'error',
      from: { path: '^(src|tools)/', pathNot: '^src/(main|start)\\.ts$' },
      to: { path: '^src/(main|start|web\\.module|worker\\.module)\\.ts$' },
    },
    {
      name: 'the-web-consumes-nothing',
      comment: 'A consumer or a schedule in the web process would silently eat jobs.',
      severity: 'error',
      from: { path: '\\.controller\\.ts$' },
      to: { path: '\\.(consumer|schedule)\\.ts$' },
    },
    {
      name: 'services-know-no-entry',
      comment: 'A use case does not know who asked: HTTP, a queue or the time of day.',
      severity: 'error',
      from: { path: '\\.service\\.ts$' },
      to: { path: '\\.(controller|consumer|schedule)\\.ts$' },
    },
    {
      name: 'services-know-ports-only',
      comment:
        'The module wires the adapter; a service that names one can’t be tested without it, nor be given another.',
      severity: 'error',
      from: { path: '^src/modules/.*\\.(service|controller|consumer|schedule)\\.ts$' },
      to: {
        path: '^src/modules/.*/(pg-[^/]+\\.store|(onesignal|fcm)\\.push-provider|apple\\.provider-tokens|jwks\\.provider-keys)\\.ts$',
      },
    },
    {
      name: 'src-knows-no-tools',
      comment:
        'What ships must not need what does not: tools, tests, benchmarks and the infrastructure’s own code.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(tools|test|bench|infra)/' },
    },
    {
      name: 'infra-knows-no-src',
      comment: 'infra and src meet in the names of environment variables and nowhere else.',
      severity: 'error',
      from: { path: '^(infra/|sst\\.config\\.ts$)' },
      to: { path: '^(src|tools|test|bench)/' },
    },
    {
      name: 'tools-stand-outside',
      comment:
        'The build, the local stack, the demo, the test runner and the benchmarks see the app as its users do: by its doors.',
      severity: 'error',
      from: { path: '^(tools/(build|local|demo|testing)|bench)/' },
      to: { path: '^(src|tools/cli|infra)/' },
    },
    {
      name: 'nothing-depends-on-tests',
      comment: 'Tests look at the rest, never the other way.',
      severity: 'error',
      from: { path: '^(src|tools|bench|infra)/', pathNot: '\\.spec\\.ts$' },
      to: { path: '(^test/|\\.spec\\.ts$)' },
    },
    {
      name: 'no-unresolvable',
      comment: 'An import that leads nowhere fails at its first use, perhaps in production.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'loaded-at-first-use',
      comment:
        'Not every process needs these, and none needs them to start: `import type` for their types, `await import()` ' +
        'where they are first used. For routes: src/platform/http/documented.ts, and `nestjs-zod/dto`.',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.spec\\.ts$' },
      to: {
        path:
          'node_modules/(@aws-sdk/client-s3|@nestjs/swagger|@sentry/nestjs|@supabase/supabase-js|nodemailer|' +
          'prom-client|selfsigned)/|node_modules/nestjs-zod/dist/index\\.',
        dependencyTypesNot: ['type-only', 'type-import', 'dynamic-import'],
      },
    },
    {
      name: 'production-dependencies-only',
      comment: 'The image has no devDependencies: an import of one would fail there and nowhere else.',
      severity: 'error',
      from: { path: '^(src|tools/cli)/', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.mts', '.cts', '.js', '.mjs', '.cjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
