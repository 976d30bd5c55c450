import { PERSONAL_DATA } from '../../src/modules/privacy';

/** The table in docs/privacy.md, as the code has it. */
export function personalDataTable(): string {
  const lines = PERSONAL_DATA.map(
    ({ table, personal, onErasure, how }) =>
      `| \`${table}\` | ${personal.map((column) => `\`${column}\``).join(', ')} | ${onErasure} | ${how} |`,
  );
  return ['| table | personal columns | on erasure | how |', '|---|---|---|---|', ...lines].join('\n');
}
