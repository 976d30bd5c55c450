import { CHECKOV } from '../support/infra/checkov';
import { rulesOf } from '../support/infra/rules';

const rules = rulesOf('prod').map(({ says }) => says);

it.each(CHECKOV.map((check) => [check.id, check] as const))(
  '%s is held by a rule, or says why not',
  (_id, check) => {
    if ('accepted' in check) {
      expect(check.accepted.length).toBeGreaterThan(80);
      return;
    }
    expect(check.held.filter((text) => !rules.some((says) => says.startsWith(text)))).toEqual([]);
  },
);

it('has each check once', () => {
  const ids = CHECKOV.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toHaveLength(52);
});
