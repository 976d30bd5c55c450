import type { Edge } from './edge';
import { named } from './names';
import type { Queues } from './queues';
import { REGION } from './stage';

/** One page: what users see, how busy the tasks are, what waits. */
export function createDashboard(edge: Edge, queues: Queues): void {
  const LoadBalancer = edge.balancer.nodes.loadBalancer.arnSuffix;
  const balancer = (name: string, stat: string) => [
    'AWS/ApplicationELB',
    name,
    'LoadBalancer',
    LoadBalancer,
    { stat },
  ];
  const service = (name: string) =>
    ['web', 'worker'].map((what) => [
      'AWS/ECS',
      name,
      'ClusterName',
      named('cluster'),
      'ServiceName',
      named(what),
    ]);
  const queue = (name: string, which: 'main' | 'dead') =>
    Object.values(queues).map((pair) => ['AWS/SQS', name, 'QueueName', pair[which].nodes.queue.name]);
  const widgets = [
    widget('Requests', [
      balancer('RequestCount', 'Sum'),
      balancer('HTTPCode_Target_5XX_Count', 'Sum'),
      balancer('HTTPCode_ELB_5XX_Count', 'Sum'),
    ]),
    widget(
      'Latency',
      ['p50', 'p95', 'p99'].map((stat) => balancer('TargetResponseTime', stat)),
    ),
    widget('CPU', service('CPUUtilization')),
    widget('Memory', service('MemoryUtilization')),
    widget('Waiting messages', queue('ApproximateNumberOfMessagesVisible', 'main')),
    widget('Age of the oldest', queue('ApproximateAgeOfOldestMessage', 'main')),
    widget('Dead letters', queue('ApproximateNumberOfMessagesVisible', 'dead')),
  ];
  new aws.cloudwatch.Dashboard('Dashboard', {
    dashboardName: named('overview'),
    dashboardBody: $jsonStringify({ widgets }),
  });
}

function widget(title: string, metrics: readonly unknown[]) {
  return {
    type: 'metric',
    width: 8,
    height: 6,
    properties: { title, metrics, region: REGION, period: 60, view: 'timeSeries' },
  };
}
