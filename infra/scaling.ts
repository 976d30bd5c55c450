import { type Condition, expression, hidden, metric, result, watch } from './alarm';
import type { Edge } from './edge';
import type { Queues } from './queues';

/** The strategy's two tables. Times in seconds. */
export const WEB_SCALING = {
  out: { cpu: 70, memory: 80, requestsPerTask: 1_000, cooldown: 60 },
  in: { cpu: 30, requestsPerTask: 100, cooldown: 300 },
} as const;
export const WORKER_SCALING = {
  out: { depth: 100, cooldown: 30 },
  in: { depth: 10, cooldown: 300 },
} as const;

const RUNBOOK = 'scaling';

/** Web: out on any of three signs, in on either of two while none of the three is up. */
export function scaleWeb(service: sst.aws.Service, cluster: $util.Output<string>, edge: Edge): void {
  const out = step('WebOut', service, 1, WEB_SCALING.out.cooldown);
  const back = step('WebIn', service, -1, WEB_SCALING.in.cooldown);
  const { cpu, memory, requests } = webLoad(service, cluster, edge);
  const { out: up, in: down } = WEB_SCALING;
  const grow = (slug: string, says: string, when: Condition) =>
    watch(`web-out-${slug}`, `Web grows: ${says}`, when, { runbook: RUNBOOK, actions: [out.arn] });
  grow('cpu', 'CPU over 70 % for 2 minutes', { queries: [result(cpu)], over: up.cpu, minutes: 2 });
  grow('memory', 'memory over 80 % for 2 minutes', {
    queries: [result(memory)],
    over: up.memory,
    minutes: 2,
  });
  grow('requests', 'over 1000 requests a minute and task for 5 minutes', {
    queries: [...requests, expression('each', EACH)],
    over: up.requestsPerTask,
    minutes: 5,
  });
  // an alarm for growth is up while its last minute is over the line; then no value here is low enough
  const calm = `cpu <= ${up.cpu} AND memory <= ${up.memory} AND each <= ${up.requestsPerTask}`;
  const load = [cpu, memory, ...requests, hidden('each', EACH)];
  const shrink = (slug: string, says: string, value: string, under: number, minutes: number) =>
    watch(
      `web-in-${slug}`,
      `Web shrinks: ${says}, while nothing asks for growth`,
      { queries: [...load, expression('low', `IF(${calm}, ${value}, ${under})`)], under, minutes },
      { runbook: RUNBOOK, actions: [back.arn] },
    );
  shrink('cpu', 'CPU under 30 % for 10 minutes', 'cpu', down.cpu, 10);
  shrink('requests', 'under 100 requests a minute and task for 15 minutes', 'each', down.requestsPerTask, 15);
}

/** Worker: by the deepest of the three queues. SQS tells its depth once a minute, so a step takes at least that. */
export function scaleWorker(service: sst.aws.Service, queues: Queues): void {
  const out = step('WorkerOut', service, 1, WORKER_SCALING.out.cooldown);
  const back = step('WorkerIn', service, -1, WORKER_SCALING.in.cooldown);
  const depths = [queues.push, queues.webhook, queues.jobs].map(({ main }, index) => {
    const QueueName = main.nodes.queue.name;
    return metric(`q${index}`, 'AWS/SQS', 'ApproximateNumberOfMessagesVisible', 'Maximum', { QueueName });
  });
  const queries = [...depths, expression('deepest', 'MAX([q0, q1, q2])')];
  const { out: up, in: down } = WORKER_SCALING;
  watch(
    'worker-out-depth',
    'Worker grows: a queue over 100 messages for a minute',
    { queries, over: up.depth, minutes: 1 },
    { runbook: RUNBOOK, actions: [out.arn] },
  );
  watch(
    'worker-in-depth',
    'Worker shrinks: all queues under 10 messages for 5 minutes',
    { queries, under: down.depth, minutes: 5 },
    { runbook: RUNBOOK, actions: [back.arn] },
  );
}

/** Requests of the last minute for each healthy task, old and new ones of a deployment alike. */
const EACH = 'FILL(requests, 0) / IF(FILL(blue, 0) + FILL(green, 0) > 0, FILL(blue, 0) + FILL(green, 0), 1)';

function webLoad(service: sst.aws.Service, cluster: $util.Output<string>, edge: Edge) {
  const ofService = { ClusterName: cluster, ServiceName: service.nodes.service.name };
  const LoadBalancer = edge.balancer.nodes.loadBalancer.arnSuffix;
  const healthy = (id: string, group: aws.lb.TargetGroup) =>
    metric(id, 'AWS/ApplicationELB', 'HealthyHostCount', 'Average', {
      LoadBalancer,
      TargetGroup: group.arnSuffix,
    });
  const requests = metric('requests', 'AWS/ApplicationELB', 'RequestCount', 'Sum', { LoadBalancer });
  return {
    cpu: metric('cpu', 'AWS/ECS', 'CPUUtilization', 'Average', ofService),
    memory: metric('memory', 'AWS/ECS', 'MemoryUtilization', 'Average', ofService),
    requests: [requests, healthy('blue', edge.blue), healthy('green', edge.green)],
  };
}

function step(name: string, service: sst.aws.Service, scalingAdjustment: number, cooldown: number) {
  const target = service.nodes.autoScalingTarget;
  return new aws.appautoscaling.Policy(name, {
    serviceNamespace: target.serviceNamespace,
    scalableDimension: target.scalableDimension,
    resourceId: target.resourceId,
    policyType: 'StepScaling',
    stepScalingPolicyConfiguration: {
      adjustmentType: 'ChangeInCapacity',
      metricAggregationType: 'Maximum',
      cooldown,
      // how far over the line, or under it, does not matter
      stepAdjustments: [
        scalingAdjustment > 0
          ? { metricIntervalLowerBound: '0', scalingAdjustment }
          : { metricIntervalUpperBound: '0', scalingAdjustment },
      ],
    },
  });
}
