/**
 * Checkov's list for what we build. `held` names the rules of test/support/infra/rules whose text begins so: they say the
 * same of the graph. A check that is not held has the reason why.
 */
export type Check = { readonly id: string; readonly asks: string } & (
  | { readonly held: readonly string[] }
  | { readonly accepted: string }
);

export const CHECKOV: readonly Check[] = [
  { id: 'CKV_AWS_2', asks: 'listeners speak HTTPS', held: ['one balancer, one listener: HTTPS'] },
  { id: 'CKV_AWS_103', asks: 'TLS 1.2 or newer', held: ['TLS 1.3'] },
  { id: 'CKV_AWS_91', asks: 'access logs', held: ['the balancer: accessLogs.enabled'] },
  { id: 'CKV_AWS_131', asks: 'invalid headers dropped', held: ['the balancer: dropInvalidHeaderFields'] },
  { id: 'CKV_AWS_150', asks: 'deletion protection', held: ['deletion protection'] },
  { id: 'CKV_AWS_328', asks: 'desync mitigation', held: ['the balancer: desyncMitigationMode'] },
  {
    id: 'CKV_AWS_261',
    asks: 'target groups with health checks',
    held: ['TLS to the tasks, live asked: healthCheck.path'],
  },
  { id: 'CKV_AWS_175', asks: 'the web ACL has rules', held: ['firewall 1: limit'] },
  { id: 'CKV_AWS_192', asks: 'Log4j is stopped', held: ['firewall 3: name', 'managed list 3 blocks'] },
  {
    id: 'CKV_AWS_333',
    asks: 'services without public addresses',
    held: ['nothing is reached from the internet'],
  },
  { id: 'CKV_AWS_334', asks: 'containers are not privileged', held: ['every container is not privileged'] },
  { id: 'CKV_AWS_335', asks: 'no PID namespace of the host', held: ['no task shares the host'] },
  { id: 'CKV_AWS_336', asks: 'read-only root', held: ['every container is on a read-only root'] },
  { id: 'CKV_AWS_249', asks: 'two roles a task', held: ['execution and task roles are two'] },
  { id: 'CKV_AWS_65', asks: 'Container Insights', held: ['Container Insights'] },
  { id: 'CKV_AWS_29', asks: 'cache encrypted at rest', held: ['the cache: atRestEncryptionEnabled'] },
  { id: 'CKV_AWS_30', asks: 'cache encrypted in transit', held: ['the cache: transitEncryptionEnabled'] },
  {
    id: 'CKV_AWS_31',
    asks: 'cache with a token',
    held: ['the cache: transitEncryptionMode', 'the cache asks for a token'],
  },
  { id: 'CKV_AWS_27', asks: 'queues encrypted', held: ['every queue: sqsManagedSseEnabled'] },
  { id: 'CKV_AWS_168', asks: 'no queue for everybody', held: ['nothing lets everybody in'] },
  { id: 'CKV_AWS_66', asks: 'logs with an end', held: ['logs of every container stay 30 days'] },
  { id: 'CKV_AWS_23', asks: 'rules with descriptions', held: ['every group and rule says what it is for'] },
  {
    id: 'CKV_AWS_24',
    asks: 'no SSH from the internet',
    held: ['the table of security groups', 'no group has rules of another kind'],
  },
  {
    id: 'CKV_AWS_25',
    asks: 'no RDP from the internet',
    held: ['the table of security groups', 'no group has rules of another kind'],
  },
  {
    id: 'CKV_AWS_260',
    asks: 'no plain HTTP from the internet',
    held: ['the table of security groups', 'no group has rules of another kind'],
  },
  {
    id: 'CKV_AWS_277',
    asks: 'not all ports from the internet',
    held: ['the table of security groups', 'no group has rules of another kind'],
  },
  {
    id: 'CKV_AWS_382',
    asks: 'not all ports to the internet',
    held: ['the table of security groups', 'no group has rules of another kind'],
  },
  { id: 'CKV_AWS_130', asks: 'subnets give no public addresses', held: ['no subnet gives public addresses'] },
  { id: 'CKV_AWS_36', asks: 'trail validates its files', held: ['the trail: enableLogFileValidation'] },
  { id: 'CKV_AWS_67', asks: 'trail of all regions', held: ['the trail: isMultiRegionTrail'] },
  { id: 'CKV_AWS_51', asks: 'immutable tags', held: ['the repository of images: imageTagMutability'] },
  {
    id: 'CKV_AWS_163',
    asks: 'scan on push',
    held: ['the repository of images: imageScanningConfiguration.scanOnPush'],
  },
  { id: 'CKV_AWS_60', asks: 'roles for named services or principals', held: ['nothing lets everybody in'] },
  { id: 'CKV_AWS_61', asks: 'roles not for every account', held: ['nothing lets everybody in'] },
  { id: 'CKV_AWS_355', asks: 'no `*` resource where one can be named', held: ['no resource is `*`'] },
  {
    id: 'CKV_AWS_290',
    asks: 'writing is limited to resources',
    held: ['no resource is `*`', 'no action is `*`'],
  },
  {
    id: 'CKV_AWS_393',
    asks: 'GitHub’s claims are pinned',
    held: ['ImageRole is for one environment', 'DeployRole is for one environment'],
  },
  { id: 'CKV_AWS_26', asks: 'topics encrypted', held: ['alerts are encrypted'] },
  { id: 'CKV_AWS_7', asks: 'keys rotate', held: ['the key rotates'] },
  { id: 'CKV_AWS_21', asks: 'buckets versioned', held: ['every bucket is versioned'] },
  {
    id: 'CKV_AWS_304',
    asks: 'secrets rotate within 90 days by Secrets Manager',
    accepted:
      'Secrets Manager rotates by a Lambda function, which this project does not have. infra/rotation.ts has a period, an owner and a method for each secret; a test holds it to the strategy.',
  },
  {
    id: 'CKV2_AWS_28',
    asks: 'a firewall before the balancer',
    held: ['the firewall stands before the balancer'],
  },
  { id: 'CKV2_AWS_31', asks: 'the firewall logs', held: ['no credential in the firewall’s logs'] },
  { id: 'CKV2_AWS_20', asks: 'HTTP leads to HTTPS', held: ['one balancer, one listener: HTTPS'] },
  { id: 'CKV2_AWS_50', asks: 'cache fails over', held: ['the cache of prod: automaticFailoverEnabled'] },
  {
    id: 'CKV2_AWS_57',
    asks: 'secrets rotate by themselves',
    accepted:
      'As CKV_AWS_304: what a provider hands out only people can replace; infra/rotation.ts mails them in time.',
  },
  { id: 'CKV2_AWS_12', asks: 'the default group is closed', held: ['the default group is closed'] },
  {
    id: 'CKV2_AWS_11',
    asks: 'flow logs',
    accepted:
      'The strategy has them as "could have", for when compliance asks: the switch flowLogs of infra/stage.ts turns them on, and a test shows that it does.',
  },
  { id: 'CKV2_AWS_6', asks: 'buckets block public access', held: ['nothing is reached from the internet'] },
  { id: 'CKV2_AWS_61', asks: 'buckets have a lifecycle', held: ['every bucket is versioned'] },
  { id: 'CKV2_AWS_74', asks: 'strong ciphers', held: ['TLS 1.3'] },
  {
    id: 'CKV2_AWS_76',
    asks: 'the balancer’s firewall stops Log4j',
    held: ['firewall 3: name', 'the firewall stands before the balancer'],
  },
];
