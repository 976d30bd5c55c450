import { graphOf, STAGES } from '../support/infra/graph';
import type { Rule } from '../support/infra/rule';
import { rulesOf } from '../support/infra/rules';

/** A rule that no change breaks holds nothing: each value that it looks at is changed once, and it must notice. */
describe.each(STAGES)('the policies of %s notice', (stage) => {
  it.each(rulesOf(stage).map((rule) => [rule.says, rule] as const))('%s', (_says, rule) => {
    expect(rule.spoils.length).toBeGreaterThan(0);
    for (const spoil of rule.spoils) expect(findingsAfter(rule, spoil)).not.toEqual([]);
  });

  function findingsAfter(rule: Rule, spoil: Rule['spoils'][number]): string[] {
    const graph = structuredClone(graphOf(stage));
    spoil(graph);
    return rule.check(graph);
  }
});
