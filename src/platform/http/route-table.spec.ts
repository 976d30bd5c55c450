import { RouteTable } from './route-table';

describe('the route table', () => {
  const routes = new RouteTable();
  routes.add('/v1/devices', 'GET');
  routes.add('/v1/devices/:deviceId', ['PUT', 'GET']);
  routes.add('/v1/devices/:deviceId', 'DELETE');
  routes.add('/v1/devices/current', 'POST');
  routes.add('/.well-known/jwks.json', 'GET');

  it.each([
    ['/v1/devices', 'GET'],
    ['/v1/devices/1', 'DELETE, GET, PUT'],
    ['/v1/devices/current', 'DELETE, GET, POST, PUT'],
    ['/.well-known/jwks.json', 'GET'],
  ])('%s answers to %s', (path, methods) => {
    expect(routes.allowed(path)).toBe(methods);
  });

  it.each([
    '/',
    '/v1',
    '/v1/devices/',
    '/v1/devices/1/2',
    '/x/v1/devices',
    '/xwell-known/jwksxjson',
    '/V1/devices',
  ])('nothing answers at %s', (path) => {
    expect(routes.allowed(path)).toBeUndefined();
  });
});
