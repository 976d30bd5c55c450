import { billOf, PRICED } from '../../tools/infra/bill.mts';
import { PRICES_AS_OF, TRAFFIC } from '../../tools/infra/prices.mts';
import { graphOf, STAGES, type StageName } from '../support/infra/graph';

const LIMITS: Readonly<Partial<Record<StageName, number>>> = { prod: 160, staging: 65, dev: 65 };

/** What AWS asks nothing for by itself at this size, or by what is counted at another resource. */
const FREE =
  /^(aws:(acm|appautoscaling|budgets|cloudtrail|costexplorer|iam|lb|scheduler|sns|vpc|kinesis)\/|aws:ec2\/(vpc|subnet|route|internetGateway|securityGroup|defaultSecurityGroup|vpcEndpoint)|aws:ecs\/(task|clusterCapacity)|aws:elasticache\/(parameter|subnet)|aws:cloudwatch\/(dashboard|logSubscription)|aws:ecr\/lifecycle|aws:route53\/record|aws:s3\/bucket\w|aws:secretsmanager\/secretVersion|aws:sqs\/queuePolicy|aws:wafv2\/(ipSet|webAclAssociation|webAclLogging)|sst:|random:|docker-build:|pulumi:)/;

describe.each(STAGES)('the bill of %s', (stage) => {
  const bill = () => billOf(graphOf(stage), TRAFFIC[stage] as (typeof TRAFFIC)[string]);
  const total = () => bill().reduce((sum, { dollars }) => sum + dollars, 0);

  it('is within the owner’s budget', () => {
    expect(total()).toBeLessThanOrEqual(LIMITS[stage] ?? 0);
    expect(total()).toBeGreaterThan(30);
  });

  it('has lines of resources that exist, each with a price', () => {
    const urns = graphOf(stage).resources.map(({ urn }) => urn);
    expect(bill().filter(({ urn }) => !urns.includes(urn))).toEqual([]);
    expect(bill().filter(({ dollars }) => !(dollars > 0))).toEqual([]);
  });

  it('forgets no kind of resource: each has a price or is known to be free', () => {
    const types = new Set(graphOf(stage).resources.map(({ type }) => type));
    expect([...types].filter((type) => !PRICED.includes(type) && !FREE.test(type))).toEqual([]);
  });
});

it('the switches cost what they cost', () => {
  const [plain, switched] = (['prod', 'switched'] as const).map((name) =>
    billOf(graphOf(name), TRAFFIC.prod as (typeof TRAFFIC)[string]).reduce(
      (sum, { dollars }) => sum + dollars,
      0,
    ),
  );
  expect((switched ?? 0) - (plain ?? 0)).toBeGreaterThan(40);
});

it('prices have a date', () => {
  expect(PRICES_AS_OF).toMatch(/^\d{4}-\d{2}-\d{2}$/);
});
