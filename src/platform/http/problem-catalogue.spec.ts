import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { DomainError, type ErrorKind } from '../../shared/domain-error';
import { toProblem } from './problem';

const ROOT = path.resolve(__dirname, '../../..');
const DECLARED = /class \w+ extends DomainError \{\s+readonly kind = '(\w+)';\s+readonly code = '(\w+)';/g;
const SUBCLASS = /extends DomainError\b/g;
const ROW = /^\| `(\w+)` \| (\d{3}) \|/gm;

class Sample extends DomainError {
  readonly title = '';

  constructor(
    readonly kind: ErrorKind,
    readonly code: string,
  ) {
    super();
  }
}

function sources(): string[] {
  return readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
    .map((file) => readFileSync(path.join(ROOT, 'src', file), 'utf8'));
}

describe('the catalogue of problems', () => {
  const all = sources();
  const declared = all.flatMap((text) => [...text.matchAll(DECLARED)]);
  const codes = declared.map(([, kind, code = '']) => [
    code,
    toProblem(new Sample(kind as ErrorKind, code), '').status,
  ]);

  it('finds every error of ours', () => {
    const subclasses = all.flatMap((text) => [...text.matchAll(SUBCLASS)]);
    expect(declared.length).toBe(subclasses.length);
    expect(declared.length).toBeGreaterThan(20);
  });

  it('has a code for each, used once', () => {
    const names = codes.map(([code]) => code);
    expect(new Set(names).size).toBe(names.length);
  });

  it('is what docs/problems.md says, code by code', () => {
    const documented = [...readFileSync(path.join(ROOT, 'docs/problems.md'), 'utf8').matchAll(ROW)];
    const rows = documented.map(([, code, status]) => [code, Number(status)]);
    expect(rows.sort()).toEqual(codes.sort());
  });
});
