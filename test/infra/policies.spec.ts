import { graphOf, STAGES } from '../support/infra/graph';
import { rulesOf } from '../support/infra/rules';

describe.each(STAGES)('the policies of %s', (stage) => {
  it.each(rulesOf(stage).map((rule) => [rule.says, rule] as const))('%s', (_says, rule) => {
    expect(rule.check(graphOf(stage))).toEqual([]);
  });
});
