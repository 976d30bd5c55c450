import { readFileSync } from 'node:fs';
import path from 'node:path';
import { WEB_AND_WORKER } from '../../tools/local/app/commands.mts';

const read = (file: string) => readFileSync(path.join(__dirname, '../..', file), 'utf8');

describe('web and worker', () => {
  it('are started by the image, by npm and by the local stack with the same flags', () => {
    const scripts = (JSON.parse(read('package.json')) as { scripts: { start: string } }).scripts;
    const [, command] = /^CMD (.*)$/m.exec(read('Dockerfile')) ?? [];
    expect(JSON.parse(command ?? '[]')).toEqual(['node', ...WEB_AND_WORKER]);
    expect(scripts.start).toBe(['exec', 'node', ...WEB_AND_WORKER].join(' '));
  });
});
