import { tableFindings } from './table-rules.mts';

const SQL = `create table loopin.notes (
  id uuid primary key
);
create table loopin.audit_events_default partition of loopin.audit_events default;
create table if not exists loopin.applied_migrations (version text);
`;

describe('a migration that makes a table', () => {
  it('is told where its lines are missing', () => {
    expect(tableFindings(SQL, { periods: "'loopin.notes_old'", personalData: "line('noted'" })).toEqual([
      'makes loopin.notes: say in src/data-classes.ts how long its rows are kept',
      'makes loopin.notes: say in src/modules/privacy/personal-data what an erasure does with it',
    ]);
  });

  it('is told nothing where they are', () => {
    const lines = { periods: "{ table: 'loopin.notes' }", personalData: "line(\n    'notes'," };
    expect(tableFindings(SQL, lines)).toEqual([]);
  });
});
