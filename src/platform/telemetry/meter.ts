import type { CounterName, GaugeName, HistogramName, Labels } from './catalogue';

/** What keeps the numbers; there is none where METRICS=off. */
export interface Recorder {
  count(name: CounterName, labels: Readonly<Record<string, string>>, by: number): void;
  observe(name: HistogramName, labels: Readonly<Record<string, string>>, value: number): void;
}

interface Reading<Named = Readonly<Record<string, string>>> {
  readonly labels: Named;
  readonly value: number;
}
type Read<Named = Readonly<Record<string, string>>> = () =>
  | readonly Reading<Named>[]
  | Promise<readonly Reading<Named>[]>;

let recorder: Recorder | undefined;
const gauges = new Map<GaugeName, Map<string, Read>>();

/** Where the numbers go from now on: of this process, like its log. */
export function recordWith(chosen: Recorder | undefined): void {
  recorder = chosen;
}

export function count<Name extends CounterName>(name: Name, labels: Labels<Name>, by = 1): void {
  recorder?.count(name, labels, by);
}

/** @param value in the unit that the metric's name ends with */
export function observe<Name extends HistogramName>(name: Name, labels: Labels<Name>, value: number): void {
  recorder?.observe(name, labels, value);
}

/**
 * Says how a gauge is read, which happens only when somebody asks for it. A read that fails leaves its readings out.
 * @param source tells several sources of one gauge apart; who comes again under its name replaces itself
 */
export function gauge<Name extends GaugeName>(name: Name, source: string, read: Read<Labels<Name>>): void {
  const sources = gauges.get(name) ?? new Map<string, Read>();
  gauges.set(name, sources.set(source, read));
}

/** All readings of a gauge, now. */
export async function readGauge(name: GaugeName): Promise<readonly Reading[]> {
  const sources = [...(gauges.get(name)?.values() ?? [])];
  const results = await Promise.allSettled(sources.map(async (read) => read()));
  return results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
}
