import { Program } from '../support/program';

jest.setTimeout(30_000);

const EX_CONFIG = 78;
const BOTH = [
  'STAGE',
  'DATABASE_URL',
  'REDIS_URL',
  'AWS_REGION',
  'SQS_PUSH_QUEUE_URL',
  'SQS_WEBHOOK_QUEUE_URL',
  'SQS_JOBS_QUEUE_URL',
  'DATA_KEYS',
  'KEY_ENCRYPTION_KEYS',
  'SUPABASE_URL',
  'SUPABASE_SERVICE_KEY',
  'STORAGE_BUCKET',
];
const WEB = ['PUBLIC_URL', 'ONESIGNAL_WEBHOOK_SECRET'];
const WORKER = ['SMTP_URL', 'MAIL_FROM', 'ONESIGNAL_APP_ID', 'ONESIGNAL_API_KEY', 'ARCHIVE_BUCKET'];

describe('started with an environment that is not usable', () => {
  async function start(
    env: Record<string, string>,
  ): Promise<{ code: number | null; missing: string[]; text: string }> {
    const program = new Program(['dist/src/main.js'], env);
    const code = await program.ended();
    const missing = program.stderr.flatMap((line) => /- (\w+) is missing$/.exec(line)?.[1] ?? []);
    return { code, missing: missing.sort(), text: program.stderr.join('\n') };
  }

  it.each([
    ['web', [...BOTH, ...WEB]],
    ['worker', [...BOTH, ...WORKER]],
  ])('%s lists all that is missing and exits 78', async (mode, names) => {
    const { code, missing } = await start({ APP_MODE: mode });
    expect(code).toBe(EX_CONFIG);
    expect(missing).toEqual([...names].sort());
  });

  it('without a mode it asks for one, and lists all that either needs', async () => {
    const { code, missing, text } = await start({});
    expect(code).toBe(EX_CONFIG);
    expect(text).toContain('APP_MODE must be web or worker');
    expect(missing).toEqual([...BOTH, ...WEB, ...WORKER].sort());
  });

  it('it never shows a value', async () => {
    const { code, text } = await start({
      APP_MODE: 'web',
      DATABASE_URL: 'mysql://secret-value',
      DATA_KEYS: '1:secret-value',
    });
    expect(code).toBe(EX_CONFIG);
    expect(text).toContain('DATABASE_URL must start with postgres://');
    expect(text).not.toContain('secret-value');
  });

  it('the operators’ commands exit 78 as well', async () => {
    const program = new Program(['dist/tools/cli/main.js', 'migrate'], {});
    expect(await program.ended()).toBe(EX_CONFIG);
    expect(program.stderr.join('\n')).toContain('DATABASE_OWNER_URL is missing');
  });
});
