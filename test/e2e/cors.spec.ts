import { findFreePort } from '../../tools/local/ports.mts';
import { TestStack } from '../support/test-stack';

jest.setTimeout(60_000);

const ALLOWED = 'https://app.example.com';

describe('browsers', () => {
  let stack: TestStack;
  let url: string;

  beforeAll(async () => {
    stack = await TestStack.shared();
    ({ url } = await stack.startProcess('web', await findFreePort(), { CORS_ORIGINS: ALLOWED }));
  });
  afterAll(() => stack.stop());

  const preflight = (origin: string) =>
    fetch(`${url}/v1/me`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'PUT' },
    });

  it('of an allowed origin may call, with every method, and read the headers that matter', async () => {
    const answer = await preflight(ALLOWED);
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe(ALLOWED);
    expect(answer.headers.get('access-control-allow-methods')).toContain('PUT');
    const refused = await fetch(`${url}/v1/me`, { headers: { origin: ALLOWED } });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('access-control-allow-origin')).toBe(ALLOWED);
    expect(refused.headers.get('access-control-expose-headers')).toContain('X-Request-ID');
  });

  it('of any other origin may not', async () => {
    const answer = await preflight('https://evil.example.com');
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('may not at all where no origin is allowed', async () => {
    const answer = await fetch(`${stack.local.url}/v1/me`, {
      method: 'OPTIONS',
      headers: { origin: ALLOWED },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});
