import { readFileSync } from 'node:fs';
import path from 'node:path';
import { METRICS, type Metric } from './catalogue';
import { BURN_RATES, errorShareOf, SLOS, type Slo } from './slo';

const page = (name: string) => readFileSync(path.resolve(__dirname, '../../../docs', name), 'utf8');
/** The cells of all table rows. */
const rowsOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
const quoted = (words: readonly string[]) => words.map((word) => `\`${word}\``).join(', ');
const percent = (share: number) => `${Number((share * 100).toFixed(4))} %`;
const METRIC_LIST = Object.entries(METRICS as Record<string, Metric>);

describe('docs/metrics.md', () => {
  const rows = rowsOf(page('metrics.md'));

  it('lists every metric as it is', () => {
    const listed = rows.filter(([name]) => name?.startsWith('`loopin_'));
    expect(listed).toEqual(
      METRIC_LIST.map(([name, { kind, labels, help }]) => [`\`${name}\``, kind, quoted(labels), help]),
    );
  });

  it('lists what CloudWatch gets', () => {
    const listed = rows.filter(([name]) => /^`[A-Z]/.test(name ?? '')).map(([name, unit]) => [name, unit]);
    const all = METRIC_LIST.flatMap(([, { emf }]) => emf ?? []);
    expect(listed).toEqual(
      all.map(({ name, unit, by }) => [`\`${name}${by === undefined ? '' : `.<${by}>`}\``, unit]),
    );
  });
});

describe('docs/slo.md', () => {
  const rows = rowsOf(page('slo.md'));
  const slos = Object.entries<Slo>(SLOS);

  it('promises what the code counts', () => {
    for (const [name, { objective, good, total, cloudWatch }] of slos) {
      const row = rows.find(([first]) => first === name);
      expect(row).toEqual([
        name,
        percent(objective),
        `\`${good}\``,
        `\`${total}\``,
        `\`${cloudWatch.good}\` of \`${cloudWatch.total}\`, \`mode=${cloudWatch.mode}\``,
      ]);
    }
  });

  it('tells the burn rates', () => {
    const burning = rows.filter(([, , , severity]) => severity === 'page' || severity === 'ticket');
    expect(burning.map(([, , factor, severity, ...shares]) => [Number(factor), severity, ...shares])).toEqual(
      BURN_RATES.map((burn) => [
        burn.factor,
        burn.severity,
        ...slos.map(([, slo]) => percent(errorShareOf(slo, burn))),
      ]),
    );
    expect(BURN_RATES.map(({ longMinutes, shortMinutes }) => longMinutes / shortMinutes)).toEqual([
      12, 12, 12,
    ]);
  });

  it('names metrics that CloudWatch really gets', () => {
    const emf = METRIC_LIST.flatMap(([name, metric]) =>
      (metric.emf ?? []).map((series) => [name, series.name]),
    );
    for (const [, { good, total, cloudWatch }] of slos) {
      expect(emf).toContainEqual([good, cloudWatch.good]);
      expect(emf).toContainEqual([total, cloudWatch.total]);
    }
  });
});
