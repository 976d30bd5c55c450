// `npm run infra:cost -- --stage prod`: what a month of a stage costs at its smallest, by list prices, each line with
// the resource that it is for.
import '../node-version.mjs';
import path from 'node:path';
import { billOf, type Line } from './bill.mts';
import { childGraph } from './child.mts';
import { stageOption } from './options.mts';
import { PRICES_AS_OF, TRAFFIC } from './prices.mts';

const root = path.resolve(import.meta.dirname, '../..');
const stage = stageOption('infra:cost');
const traffic = TRAFFIC[stage];
if (traffic === undefined) {
  process.stderr.write(`there is no stage "${stage}": use dev, staging or prod\n`);
  process.exit(64);
}
const bill = billOf(await childGraph(root, stage), traffic);
const total = bill.reduce((sum, { dollars }) => sum + dollars, 0);
const services = Map.groupBy(bill, ({ service }) => service);
const money = (dollars: number) => dollars.toFixed(2).padStart(8);
const sum = (lines: readonly Line[]) => lines.reduce((all, { dollars }) => all + dollars, 0);
const print = (line: string) => process.stdout.write(`${line}\n`);

print(`${stage}, ap-south-1, US dollars a month, list prices of ${PRICES_AS_OF}, smallest number of tasks`);
print(`assumed: ${JSON.stringify(traffic)}\n`);
for (const [service, lines] of [...services].sort(([, one], [, other]) => sum(other) - sum(one))) {
  print(`${money(sum(lines))}  ${service}`);
  for (const { dollars, what, urn } of lines) print(`${money(dollars)}    ${what.padEnd(44)} ${urn}`);
}
print(`\n${money(total)}  total`);
