import { type DeviceId, newId } from '../../shared/ids';
import { isOn } from './flags';

const devices = Array.from({ length: 2_000 }, () => newId<'Device'>());
const on = (name: string, rolloutPercent: number): Set<DeviceId> =>
  new Set(devices.filter((device) => isOn(name, { enabled: true, rolloutPercent }, device)));

describe('a flag in roll-out', () => {
  it('is on for about its share of installations', () => {
    // six standard deviations of 2,000 draws
    expect(Math.abs(on('search', 30).size - 600)).toBeLessThan(123);
  });

  it('stays on for who has it while the share grows', () => {
    const wider = on('search', 35);
    for (const device of on('search', 30)) expect(wider.has(device)).toBe(true);
  });

  it('draws its own lots', () => {
    const others = on('camera', 30);
    const both = [...on('search', 30)].filter((device) => others.has(device));
    expect(both.length).toBeLessThan(300);
  });

  it('is on for all at 100 %, for nobody at 0 % or when it is off, and needs a device in between', () => {
    expect(isOn('a', { enabled: true, rolloutPercent: 100 }, undefined)).toBe(true);
    expect(on('a', 0).size).toBe(0);
    expect(isOn('a', { enabled: false, rolloutPercent: 100 }, devices[0])).toBe(false);
    expect(isOn('a', { enabled: true, rolloutPercent: 99 }, undefined)).toBe(false);
  });
});
