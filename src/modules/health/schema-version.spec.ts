import { readdirSync } from 'node:fs';
import path from 'node:path';
import { REQUIRED_MIGRATION } from './schema-version';

describe('the migration that this build needs', () => {
  it('is the newest in supabase/migrations', () => {
    const files = readdirSync(path.resolve(__dirname, '../../../supabase/migrations')).sort();
    expect(files.at(-1)).toMatch(new RegExp(`^${REQUIRED_MIGRATION}_`));
  });
});
