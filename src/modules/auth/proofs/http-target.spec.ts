import { normalisedTarget } from './http-target';

describe('the target of a proof', () => {
  const ours = normalisedTarget('https://api.example.com/v1/devices/a%2Fb~c');

  it.each([
    'https://api.example.com/v1/devices/a%2Fb~c',
    'https://API.example.com:443/v1/devices/a%2Fb~c',
    'HTTPS://api.example.com/v1/./x/../devices/a%2fb%7ec?limit=1#part',
  ])('%s is the same', (uri) => {
    expect(normalisedTarget(uri)).toBe(ours);
  });

  it.each([
    'http://api.example.com/v1/devices/a%2Fb~c',
    'https://api.example.com:8443/v1/devices/a%2Fb~c',
    'https://api.example.com.evil.com/v1/devices/a%2Fb~c',
    'https://api.example.com/v1/devices/a/b~c',
    'https://api.example.com/v1/devices/A%2Fb~c',
    'https://api.example.com/v1/devices/a%2Fb~c/',
    'https://api.example.com/v1/devices/a%252Fb~c',
  ])('%s is another', (uri) => {
    expect(normalisedTarget(uri)).not.toBe(ours);
  });

  it.each(['', '/v1/me', 'ftp://api.example.com/', 'https://user@api.example.com/', 'javascript:1'])(
    '%s is none',
    (uri) => {
      expect(normalisedTarget(uri)).toBeUndefined();
    },
  );
});
