import pino from 'pino';
import { runInContext } from '../../shared/request-context';
import { consoleLine } from './console-format';
import { logFormat } from './log-format';

const ID = '3f8b8d9e-7f5e-4c55-9f4c-0d1f0d6a3b11';

/** What `write` puts on the console. */
function shown(write: (logger: pino.Logger) => void): string {
  const lines: string[] = [];
  const logger = pino(logFormat({ level: 'info', mode: 'web', stage: 'local', release: 'r1' }), {
    write: (line) => lines.push(consoleLine(line)),
  });
  runInContext({ correlationId: ID }, () => write(logger));
  return lines.join('');
}

describe('the console', () => {
  it('shows the correlation id before the message, and the fields after it', () => {
    const text = shown((logger) => logger.info({ method: 'GET', route: '/v1/me', status: 200 }, 'request'));
    expect(text).toMatch(
      new RegExp(
        `^\\d\\d:\\d\\d:\\d\\d\\.\\d{3} INFO  \\[${ID}\\] request method=GET route=/v1/me status=200\n$`,
      ),
    );
  });

  it('shows of an error what the log has of it', () => {
    const text = shown((logger) => logger.error({ err: new TypeError('planted') }, 'failed'));
    expect(text).toContain(`ERROR [${ID}] failed error=TypeError\n`);
    expect(text).toContain('console-format.spec');
    expect(text).not.toContain('planted');
  });
});
