import { isAtLeast, isBelow } from './app-version';

describe('isBelow', () => {
  it.each([
    ['1.9.9', true],
    ['2.0.0-beta.1', true],
    ['1.10', true],
    ['2.0.0', false],
    ['2.0', false],
    ['2.0.0.7', false],
    ['10.0.0', false],
    ['2.0.0+build.5', false],
    ['nightly', false],
    ['', false],
  ])('%s below 2.0.0: %s', (sent, below) => {
    expect(isBelow(sent, '2.0.0')).toBe(below);
  });
});

describe('isAtLeast', () => {
  it.each([
    ['1.9.9', false],
    ['2.0', true],
    ['2', true],
    ['02.0.0', false],
    ['2.0.0-', true],
    ['99999999999999999999.0.0', false],
    ['9007199254740993.0.0', false],
  ])('%s at least 2.0.0: %s', (sent, atLeast) => {
    expect(isAtLeast(sent, '2.0.0')).toBe(atLeast);
  });
});
