import { ARCHIVED, EXPIRING, KEPT } from '../../src/data-classes';
import { DAY, HOUR } from '../../src/shared/clock';

/** The table in docs/retention.md, as the code has it. */
export function retentionTable(): string {
  const rows = [
    ...EXPIRING.flatMap((rule) => ('table' in rule ? [rule] : [])).map(
      ({ table, column, keepSeconds, states }) => [
        table,
        `${period(keepSeconds)}after \`${column}\`${states === undefined ? '' : ` (${states.join(', ')})`}`,
        'deleted',
      ],
    ),
    ...ARCHIVED.map(({ table, keepDays, archiveYears, removal }) => [
      table,
      removal === 'sweep' ? '90 days, archived by whole months before' : `${keepDays} days, by whole months`,
      `archived, for ${archiveYears} years in all`,
    ]),
    ...KEPT.map(({ table, until }) => [table, until.startsWith('for ever') ? until : `until ${until}`, '']),
  ];
  const lines = rows.map(([table, kept, then]) => `| \`${table}\` | ${kept} | ${then} |`);
  return ['| table | kept | then |', '|---|---|---|', ...lines.sort()].join('\n');
}

function period(seconds: number): string {
  if (seconds === 0) return 'not a moment ';
  const [unit, name] = seconds % DAY === 0 ? [DAY, 'day'] : [HOUR, 'hour'];
  const count = seconds / unit;
  return `${count} ${name}${count === 1 ? '' : 's'} `;
}
