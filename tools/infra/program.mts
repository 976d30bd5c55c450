import { readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { load } from './bundle.mts';
import { ACCOUNT, createdState, lookUp, plain, REGION, requireOf } from './cloud.mts';
import type { Graph, Resource } from './graph.mts';
import { platformOf } from './platform.mts';

type Values = Record<string, unknown>;

/** Pulumi, as far as it is used here. */
interface Pulumi {
  readonly runtime: {
    setMocks(
      mocks: object,
      project: string,
      stack: string,
      preview: boolean,
      organization: string,
    ): Promise<void>;
    setAllConfig(config: Record<string, string>): void;
    runInPulumiStack(program: unknown): Promise<Values | undefined>;
    waitForRPCs(): Promise<void>;
  };
}

/** A request to register a resource, as Pulumi's own protocol has it. */
interface Registration {
  getType(): string;
  getName(): string;
  getParent(): string;
  getProtect(): boolean;
  getRetainondelete(): boolean;
  getIgnorechangesList(): string[];
}

type App = Graph['app'];

/** The platform's own, not a package of ours. */
const PULUMI = '@pulumi/pulumi';

/** Runs sst.config.ts for a stage as `sst deploy` would, against a cloud that only takes notes. */
export async function synthesise(root: string, stage: string): Promise<Graph> {
  const platform = platformOf(root);
  const errors: string[] = [];
  const note = (error: unknown) =>
    errors.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.on('unhandledRejection', note);
  const server = await bootstrapServer();
  process.env.SST_SERVER = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const out = (name: string) => path.join(platform, `offline.${name}.${stage}.${process.pid}.mjs`);
  try {
    const app = await readApp(root, stage, out('app'));
    const cloud = await mockCloud(platform, app);
    const outputs = await run(root, app, out('run'), requireOf(platform)(PULUMI) as Pulumi).catch(note);
    return { app, ...cloud, outputs: typeof outputs === 'object' ? (plain(outputs) as Values) : {}, errors };
  } finally {
    server.close();
    process.off('unhandledRejection', note);
    for (const name of ['app', 'run']) rmSync(out(name), { force: true });
  }
}

/** Asks the configuration what it is for this stage. */
async function readApp(root: string, stage: string, outfile: string): Promise<App> {
  const module = await load(root, {
    outfile,
    code: `import config from '${root}/sst.config.ts'; export const app = await config.app($input);`,
    banner: 'function $config(input) { return input; }',
    define: { $input: JSON.stringify({ stage }) },
  });
  const given = module.app as Partial<App>;
  return {
    name: String(given.name),
    stage,
    home: String(given.home),
    removal: given.removal ?? 'retain',
    protect: given.protect ?? false,
    providers: given.providers ?? {},
  };
}

/** Records every resource and answers every look-up. Pulumi's mocks drop what is not an input: that is noted apart. */
async function mockCloud(platform: string, app: App): Promise<{ resources: Resource[]; calls: string[] }> {
  const load = requireOf(platform);
  const pulumi = load(PULUMI) as Pulumi;
  const { MockMonitor } = load(`${PULUMI}/runtime/mocks`) as {
    MockMonitor: { prototype: { registerResource(request: Registration, done: unknown): void } };
  };
  const requests = new Map<string, Registration>();
  const register = MockMonitor.prototype.registerResource;
  MockMonitor.prototype.registerResource = function (request, done) {
    requests.set(`${request.getType()}::${request.getName()}`, request);
    register.call(this, request, done);
  };
  const resources: Resource[] = [];
  const calls: string[] = [];
  const domain = () => String(resources.find(({ type }) => type === 'aws:route53/zone:Zone')?.inputs.name);
  const mocks = {
    newResource({ type, name, inputs, id }: { type: string; name: string; inputs: Values; id?: string }) {
      const given = plain(inputs) as Values;
      resources.push(resourceOf(app, type, name, given, requests.get(`${type}::${name}`)));
      const made = createdState(type, name, given);
      return { id: id || made.id, state: made.state };
    },
    call({ token, inputs }: { token: string; inputs: Values }) {
      calls.push(token);
      return lookUp(token, plain(inputs) as Values, domain());
    },
  };
  await pulumi.runtime.setMocks(mocks, app.name, app.stage, false, 'organization');
  pulumi.runtime.setAllConfig({ 'aws:region': REGION });
  return { resources, calls };
}

function resourceOf(app: App, type: string, name: string, inputs: Values, request?: Registration): Resource {
  return {
    urn: `urn:pulumi:${app.stage}::${app.name}::${type}::${name}`,
    type,
    name,
    inputs,
    parent: request?.getParent() ?? '',
    protect: request?.getProtect() ?? false,
    retainOnDelete: request?.getRetainondelete() ?? false,
    ignoreChanges: request?.getIgnorechangesList() ?? [],
  };
}

/** The program itself, and then patience until no request is under way. */
async function run(root: string, app: App, outfile: string, pulumi: Pulumi): Promise<Values | undefined> {
  const platform = platformOf(root);
  const lock = JSON.parse(readFileSync(path.join(root, '.sst/provider-lock.json'), 'utf8')) as {
    alias: string;
    package: string;
  }[];
  const imports = [
    ...lock.map((provider) => `import * as ${provider.alias} from '${provider.package}';`),
    `import * as sst from '${platform}/src/components';`,
  ];
  const paths = { home: os.tmpdir(), root, work: path.join(root, '.sst'), platform };
  const cli = { command: 'deploy', dev: false, paths, state: { version: {} } };
  const before = process.cwd();
  try {
    const module = await load(root, {
      outfile,
      code: `import { run } from '${platform}/src/auto/run.ts'; import config from '${root}/sst.config.ts'; export const program = () => run(config.run);`,
      define: { $app: JSON.stringify(app), $cli: JSON.stringify(cli), $dev: 'false' },
      inject: [path.join(platform, 'src/shim/run.js')],
      globals: imports.join('\n'),
    });
    const outputs = await pulumi.runtime.runInPulumiStack(module.program);
    for (let quiet = 0; quiet < 20; quiet++) {
      await pulumi.runtime.waitForRPCs();
      await new Promise((resolve) => setImmediate(resolve));
    }
    return outputs;
  } finally {
    process.chdir(before);
  }
}

/** The one question that SST's components ask of its own program: where its asset bucket is. */
async function bootstrapServer(): Promise<Server> {
  const assets = {
    asset: 'sst-asset-offline',
    assetEcrRegistryId: ACCOUNT,
    assetEcrUrl: `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com/sst-asset`,
    state: 'sst-state-offline',
    appsyncHttp: '',
    appsyncRealtime: '',
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method } = JSON.parse(Buffer.concat(chunks).toString()) as { method: string };
      const known = method === 'Provider.Aws.Bootstrap';
      response.end(
        JSON.stringify(known ? { result: assets } : { error: `nobody can answer ${method} offline` }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
