/**
 * List prices of ap-south-1 in US dollars without tax, as of 2026-11-23. This is the one place to change when AWS
 * changes them; each names AWS's own page. Nothing is fetched: `infra:cost` runs offline.
 */
export const PRICES_AS_OF = '2026-11-23';

/** 730 hours are AWS's month. */
export const HOURS = 730;

export const PRICES = {
  // https://aws.amazon.com/fargate/pricing/
  fargateArmVcpuHour: 0.0238,
  fargateArmGbHour: 0.00261,
  fargateSpotShare: 0.3,
  // https://aws.amazon.com/elasticloadbalancing/pricing/
  balancerHour: 0.0239,
  balancerUnitHour: 0.008,
  // https://aws.amazon.com/vpc/pricing/
  publicAddressHour: 0.005,
  natGatewayHour: 0.056,
  natGatewayGb: 0.056,
  // https://aws.amazon.com/ec2/pricing/on-demand/
  t4gNanoHour: 0.0028,
  gp3GbMonth: 0.0912,
  transferOutGb: 0.1093,
  // https://aws.amazon.com/elasticache/pricing/ (Valkey)
  cacheT4gMicroHour: 0.0158,
  // https://aws.amazon.com/waf/pricing/
  webAcl: 5,
  webAclRule: 1,
  webAclMillion: 0.6,
  // https://aws.amazon.com/secrets-manager/pricing/
  secret: 0.4,
  // https://aws.amazon.com/kms/pricing/
  key: 1,
  // https://aws.amazon.com/route53/pricing/
  zone: 0.5,
  // https://aws.amazon.com/cloudwatch/pricing/
  alarmMetric: 0.1,
  customMetric: 0.3,
  logsGb: 0.67,
  logsKeptGb: 0.033,
  // https://aws.amazon.com/kinesis/data-firehose/pricing/
  firehoseGb: 0.034,
  // https://aws.amazon.com/s3/pricing/
  s3GbMonth: 0.025,
  // https://aws.amazon.com/ecr/pricing/
  imagesGbMonth: 0.1,
  // https://aws.amazon.com/sqs/pricing/
  queueMillion: 0.4,
} as const;

/**
 * What a month brings. A million requests is some ten thousand people who open the app a few times a day.
 * Free tiers are not counted, but for what is free for every account at this size: the first trail, two budgets, three
 * dashboards, 14 million schedule invocations.
 */
export interface Traffic {
  readonly millionRequests: number;
  readonly bytesOut: number;
  /** To the database, providers and AWS, through the NAT, both ways, for each request. */
  readonly bytesThroughNat: number;
  readonly bytesLogged: number;
  readonly bytesOfFirewallLog: number;
  readonly millionMessages: number;
  readonly imagesGb: number;
  readonly archiveGb: number;
}

const PER_REQUEST = { bytesOut: 3_000, bytesThroughNat: 6_000, bytesLogged: 700, bytesOfFirewallLog: 1_200 };

export const TRAFFIC: Readonly<Record<string, Traffic>> = {
  prod: { ...PER_REQUEST, millionRequests: 3, millionMessages: 1, imagesGb: 2, archiveGb: 20 },
  staging: { ...PER_REQUEST, millionRequests: 0.1, millionMessages: 0.05, imagesGb: 1, archiveGb: 1 },
  dev: { ...PER_REQUEST, millionRequests: 0.05, millionMessages: 0.02, imagesGb: 1, archiveGb: 1 },
};
