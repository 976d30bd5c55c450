// `npm run infra:synth -- --stage prod`: the resource graph of a stage as JSON, offline. SST's real components run
// under Pulumi's own mocks; no account, no credential, no environment variable is needed.
import '../node-version.mjs';
import path from 'node:path';
import { stageOption } from './options.mts';
import { ensurePlatform } from './platform.mts';
import { synthesise } from './program.mts';

const root = path.resolve(import.meta.dirname, '../..');
const stage = stageOption('infra:synth');
await ensurePlatform(root);
// whatever a component prints must not get into the JSON
const print = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);
const graph = await synthesise(root, stage);
print(`${JSON.stringify(graph, undefined, 1)}\n`, () => process.exit(graph.errors.length === 0 ? 0 : 1));
for (const error of graph.errors) process.stderr.write(`${error}\n`);
