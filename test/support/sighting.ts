/** Where an id was met. */
export interface Sighting {
  readonly where: string;
  readonly what: string;
  readonly id: unknown;
}

/** The sightings as a table, for whoever reads the test's output. */
export function tableOf(sightings: readonly Sighting[]): string {
  const rows = [{ where: 'where', what: 'what', id: 'id' }, ...sightings];
  const width = (column: 'where' | 'what') => Math.max(...rows.map((row) => row[column].length));
  return rows
    .map(({ where, what, id }) => `${where.padEnd(width('where'))}  ${what.padEnd(width('what'))}  ${id}`)
    .join('\n');
}
