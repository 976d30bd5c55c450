import { named } from './names';
import type { StagePolicy } from './stage';

/** A surprise worth a mail, in dollars. */
const SURPRISE = '20';

/** A mail at each line of the budget, and one when a service suddenly costs more than it used to. */
export function createBudget({ ownsAccount, budgets, alertEmail }: StagePolicy): void {
  if (!ownsAccount) return;
  new aws.budgets.Budget('Budget', {
    name: named('budget'),
    budgetType: 'COST',
    timeUnit: 'MONTHLY',
    limitUnit: 'USD',
    limitAmount: String(Math.max(...budgets)),
    notifications: budgets.map((threshold) => ({
      notificationType: 'ACTUAL',
      comparisonOperator: 'GREATER_THAN',
      thresholdType: 'ABSOLUTE_VALUE',
      threshold,
      subscriberEmailAddresses: [alertEmail],
    })),
  });
  const monitor = new aws.costexplorer.AnomalyMonitor('CostMonitor', {
    name: named('cost'),
    monitorType: 'DIMENSIONAL',
    monitorDimension: 'SERVICE',
  });
  new aws.costexplorer.AnomalySubscription('CostSurprises', {
    name: named('cost-surprises'),
    frequency: 'DAILY',
    monitorArnLists: [monitor.arn],
    subscribers: [{ type: 'EMAIL', address: alertEmail }],
    thresholdExpression: {
      dimension: {
        key: 'ANOMALY_TOTAL_IMPACT_ABSOLUTE',
        matchOptions: ['GREATER_THAN_OR_EQUAL'],
        values: [SURPRISE],
      },
    },
  });
}
