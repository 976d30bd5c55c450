import type { Report } from '../harness/report.mts';
import { RECIPIENTS } from './fanout-bed.mts';
import type { Usage } from './fanout-usage.mts';

export const KILLS = 10;
const MOST_CALLS = 60;
const MOST_GROWTH_MEGABYTES = 64;
const LEAST_OF_CEILING = 0.7;
const MOST_ANSWER_MS = 100;

export interface Undisturbed extends Usage {
  readonly answerMs: number;
  readonly growthMegabytes: number;
}

export interface Killed {
  readonly seconds: number;
  readonly calls: number;
  readonly notExactlyOnce: number;
  readonly growthMegabytes: number;
}

interface Results {
  readonly most: Usage;
  readonly bare: Usage;
  readonly undisturbed: readonly Undisturbed[];
  readonly killed: Killed;
}

export const perSecond = ({ seconds }: Pick<Usage, 'seconds'>): number => RECIPIENTS / seconds;
export const share = ({ others }: Usage): string => `${(others * 100).toFixed(0)} %`;

export function report(results: Results): Report {
  return {
    bench: 'fanout',
    title: `A push to ${RECIPIENTS} phones`,
    table: table(results),
    verdicts: verdicts(results),
    notes: [
      'the ceiling: undici posts the same 50 bodies directly, 8 connections, best of three; ours: from the request until the last row is settled',
      'bare rows: one INSERT … SELECT of the same recipients into a table with their key and nothing else, best of three: what a row for each costs at least',
      'CPU: of database, queue, sandbox, web, worker and this process together; others: the share of the machine that was not theirs',
      'delivery events are off; a killed worker’s messages come back after 30 s, which the rate with kills is made of',
    ],
    data: results,
  };
}

function table({ most, bare, undisturbed, killed }: Results): Report['table'] {
  const ratios = (seconds: number) => [most, bare].map((one) => (one.seconds / seconds).toFixed(2));
  const row = (name: string, used: Usage, memory = '') => [
    name,
    perSecond(used).toFixed(0),
    ...ratios(used.seconds),
    ((used.cpuSeconds / RECIPIENTS) * 1e6).toFixed(1),
    share(used),
    memory,
  ];
  return {
    head: [
      ...['', 'recipients/s', 'of the ceiling', 'of bare rows', 'CPU, µs a recipient', 'others'],
      'worker grows by, MB',
    ],
    rows: [
      row("the sandbox's ceiling", most),
      row('bare rows', bare),
      ...undisturbed.map((one, i) => row(`round ${i + 1}`, one, one.growthMegabytes.toFixed(0))),
      [
        `with ${KILLS} kills`,
        perSecond(killed).toFixed(0),
        ...ratios(killed.seconds),
        ...['', '', killed.growthMegabytes.toFixed(0)],
      ],
    ],
  };
}

function verdicts({ most, undisturbed, killed }: Results): Report['verdicts'] {
  const least = (of: (one: Undisturbed) => number) => Math.min(...undisturbed.map(of));
  const growth = Math.max(
    killed.growthMegabytes,
    ...undisturbed.map(({ growthMegabytes }) => growthMegabytes),
  );
  const exact = (what: string, value: number, limit: number, unit = '') => ({
    ...{ what, value, most: limit, unit },
    slack: false,
  });
  return [
    exact(`recipients that were not reached exactly once, over ${KILLS} kills`, killed.notExactlyOnce, 0),
    exact('accepted provider calls, with the kills', killed.calls, MOST_CALLS),
    exact('the worker grows by', growth, MOST_GROWTH_MEGABYTES, ' MB'),
    exact(
      'the request is answered after',
      least(({ answerMs }) => answerMs),
      MOST_ANSWER_MS,
      ' ms',
    ),
    {
      what: 'ceiling ÷ our rate',
      value: least(({ seconds }) => seconds) / most.seconds,
      most: 1 / LEAST_OF_CEILING,
      unit: '',
      slack: true,
    },
  ];
}
