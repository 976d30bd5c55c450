import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ROOT } from './test-bed.mts';

/** Two runs of the same thing differ by as much. */
export const SLACK = 0.08;

/** What a bench has found. */
export interface Report {
  readonly bench: string;
  readonly title: string;
  readonly table: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };
  readonly verdicts: readonly Verdict[];
  /** How it was measured, and what was not as it should be. */
  readonly notes: readonly string[];
  /** All the numbers, for the JSON. */
  readonly data: unknown;
}

/** A number against what it should stay under. */
export interface Verdict {
  readonly what: string;
  readonly value: number;
  readonly most: number;
  readonly unit: string;
  /** Whether two runs may differ by the slack: not so for memory. */
  readonly slack: boolean;
}

export function toMarkdown(report: Report): string {
  const { head, rows } = report.table;
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, index) => (index === 0 ? '---' : '---:'));
  return [
    `## ${report.title}`,
    '',
    line(head),
    line(rule),
    ...rows.map(line),
    '',
    ...report.verdicts.map((verdict) => `- ${inWords(verdict)}`),
    ...[...report.notes, machine()].map((note) => `- ${note}`),
  ].join('\n');
}

/** @returns where it was written: the file that was asked for, or one in bench/results. */
export function writeJson(report: Report, file: string | undefined): string {
  const name = `${report.bench}-${new Date().toISOString().replaceAll(':', '-')}.json`;
  const target = path.resolve(process.env.INIT_CWD ?? ROOT, file ?? path.join(ROOT, 'bench/results', name));
  mkdirSync(path.dirname(target), { recursive: true });
  const { bench, verdicts, notes, data } = report;
  const outcomes = verdicts.map((verdict) => ({ ...verdict, outcome: outcomeOf(verdict) }));
  const content = {
    bench,
    at: new Date().toISOString(),
    machine: machine(),
    verdicts: outcomes,
    notes,
    data,
  };
  writeFileSync(target, `${JSON.stringify(content, null, 2)}\n`);
  return target;
}

function inWords(verdict: Verdict): string {
  const { what, value, most, unit } = verdict;
  return `${what}: **${short(value)}${unit}**, should be at most ${short(most)}${unit}: ${outcomeOf(verdict)}`;
}

function outcomeOf({ value, most, slack }: Verdict): string {
  if (value <= most) return 'met';
  if (slack && value <= most * (1 + SLACK)) return `within the slack of ${SLACK * 100} %`;
  return 'missed';
}

const short = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(0));

function machine(): string {
  const cpu = os.cpus()[0]?.model.trim() ?? 'unknown processor';
  return `${cpu}, ${os.cpus().length} cores, Linux ${os.release()}, Node ${process.version}`;
}
