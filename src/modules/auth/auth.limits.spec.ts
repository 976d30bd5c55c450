import { CODE_LIMITS, LOGIN_LIMITS, MAIL_LIMITS, OIDC_LIMITS, REFRESH_LIMITS } from './auth.limits';

describe('the limits of routes that anybody may call', () => {
  it.each([
    ['login', LOGIN_LIMITS],
    ['oidc', OIDC_LIMITS],
    ['mail', MAIL_LIMITS],
    ['code', CODE_LIMITS],
    ['refresh', REFRESH_LIMITS],
  ])(
    '%s count the caller first: a flood from one place must not use up the points of an account',
    (name, limits) => {
      expect(limits.map((limit) => limit.name)).toEqual([`${name}-ip`, name]);
    },
  );
});
