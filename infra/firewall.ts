import { named } from './names';
import type { FirewallMode, StagePolicy } from './stage';

/** Requests in five minutes from one address. */
const LIMIT_BY_IP = 2_000;
const LIMIT_OF_AUTH = 300;
const WINDOW_SECONDS = 300;
/** What a log may not hold: it would let its reader in. */
const CREDENTIALS = ['authorization', 'cookie', 'dpop', 'x-api-key', 'signature'];

/** CloudWatch names of the rules, which the alarms use. */
export const RULES = { rateByIp: 'rate-by-ip', rateOfAuth: 'rate-of-auth', sqli: 'sqli' } as const;

/** The web ACL before the balancer. Our own addresses first; then rates, then Amazon's lists. */
export function createFirewall(policy: StagePolicy, balancer: sst.aws.Alb): aws.wafv2.WebAcl {
  const acl = new aws.wafv2.WebAcl('Firewall', {
    name: named('firewall'),
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    visibilityConfig: visibility('all'),
    rules: rulesOf(policy),
  });
  new aws.wafv2.WebAclAssociation('FirewallOfBalancer', { resourceArn: balancer.arn, webAclArn: acl.arn });
  return acl;
}

/** What the firewall saw: 30 days at hand, without anything that is a credential. */
export function logFirewall(acl: aws.wafv2.WebAcl): aws.cloudwatch.LogGroup {
  // the prefix is what WAF takes
  const name = `aws-waf-logs-${named('firewall')}`;
  const logs = new aws.cloudwatch.LogGroup('FirewallLogs', { name, retentionInDays: 30 });
  new aws.wafv2.WebAclLoggingConfiguration('FirewallLogging', {
    resourceArn: acl.arn,
    logDestinationConfigs: [logs.arn],
    redactedFields: CREDENTIALS.map((header) => ({ singleHeader: { name: header } })),
  });
  return logs;
}

function rulesOf({ firewall, trustedIps, cloudFront }: StagePolicy) {
  const trusted = new aws.wafv2.IpSet('TrustedAddresses', {
    name: named('trusted'),
    scope: 'REGIONAL',
    ipAddressVersion: 'IPV4',
    addresses: [...trustedIps],
  });
  // behind CloudFront everybody has its addresses: it says whose a request is
  const client = cloudFront ? FORWARDED : { aggregateKeyType: 'IP' };
  return [
    {
      name: 'trusted',
      priority: 0,
      action: { allow: {} },
      statement: { ipSetReferenceStatement: { arn: trusted.arn } },
      visibilityConfig: visibility('trusted'),
    },
    rate(RULES.rateByIp, 10, firewall.rateByIp, LIMIT_BY_IP, client),
    rate(RULES.rateOfAuth, 20, firewall.rateOfAuth, LIMIT_OF_AUTH, { ...client, ...under('/v1/auth/') }),
    managed('bad-inputs', 30, firewall.badInputs, 'AWSManagedRulesKnownBadInputsRuleSet'),
    managed(RULES.sqli, 40, firewall.sqli, 'AWSManagedRulesSQLiRuleSet'),
    managed('common', 50, firewall.common, 'AWSManagedRulesCommonRuleSet', BODY_LIMIT_IS_OURS),
    managed('reputation', 60, firewall.reputation, 'AWSManagedRulesAmazonIpReputationList'),
  ].filter(({ name }) => name !== 'reputation' || firewall.reputation !== 'off');
}

/** The common list stops bodies over 8 KiB; the API takes 256 KiB, webhooks 1 MiB, and refuses more itself. */
const BODY_LIMIT_IS_OURS = ['SizeRestrictions_BODY'];

const FORWARDED = {
  aggregateKeyType: 'FORWARDED_IP',
  forwardedIpConfig: { headerName: 'X-Forwarded-For', fallbackBehavior: 'MATCH' },
};

function rate(
  name: string,
  priority: number,
  mode: FirewallMode,
  limit: number,
  of: { aggregateKeyType: string },
) {
  return {
    name,
    priority,
    action: mode === 'block' ? { block: {} } : { count: {} },
    statement: { rateBasedStatement: { limit, evaluationWindowSec: WINDOW_SECONDS, ...of } },
    visibilityConfig: visibility(name),
  };
}

function managed(name: string, priority: number, mode: FirewallMode, list: string, counted: string[] = []) {
  const ruleActionOverrides = counted.map((rule) => ({ name: rule, actionToUse: { count: {} } }));
  return {
    name,
    priority,
    overrideAction: mode === 'block' ? { none: {} } : { count: {} },
    statement: { managedRuleGroupStatement: { vendorName: 'AWS', name: list, ruleActionOverrides } },
    visibilityConfig: visibility(name),
  };
}

function under(path: string) {
  const byteMatchStatement = {
    searchString: path,
    positionalConstraint: 'STARTS_WITH',
    fieldToMatch: { uriPath: {} },
    textTransformations: [{ priority: 0, type: 'NORMALIZE_PATH' }],
  };
  return { scopeDownStatement: { byteMatchStatement } };
}

function visibility(metricName: string) {
  return { metricName, cloudwatchMetricsEnabled: true, sampledRequestsEnabled: true };
}
