// `npm run openapi`: the API's document and a client's types in .generated/, from the built dist/ and without any service.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createConfig, formatProblems, lintFromString } from '@redocly/openapi-core';
import openapiTS, { astToString } from 'openapi-typescript';
import { readApiDocument } from './document.mts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDER = path.join(ROOT, '.generated');

const document = await readApiDocument(createRequire(path.join(ROOT, 'dist/src/main.js')));
const text = JSON.stringify(document, null, 2);

// the specification's own rules, and that each operation says what it is for
const config = await createConfig({
  extends: ['spec'],
  rules: {
    'operation-summary': 'error',
    'operation-operationId-unique': 'error',
    'no-unused-components': 'error',
  },
});
const problems = await lintFromString({
  source: text,
  absoluteRef: path.join(FOLDER, 'openapi.json'),
  config,
});
if (problems.length > 0) {
  formatProblems(problems, { totals: { errors: problems.length, warnings: 0, ignored: 0 } });
  process.exit(1);
}

mkdirSync(FOLDER, { recursive: true });
writeFileSync(path.join(FOLDER, 'openapi.json'), `${text}\n`);
writeFileSync(path.join(FOLDER, 'api.d.ts'), astToString(await openapiTS(text)));
process.stdout.write(`.generated/openapi.json and .generated/api.d.ts\n`);
