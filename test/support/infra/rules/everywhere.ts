import { containersOf, type Graph, list, type Statement, select } from '../graph';
import { add, type Rule, remove, row, rule, set } from '../rule';

const TAGS = ['Project', 'Stage', 'Owner', 'ManagedBy'];
/** Names and shapes of what has to come from Secrets Manager. */
const SECRET_NAME = /SECRET|PASSWORD|TOKEN|PRIVATE|_KEYS?$|CREDENTIAL|DATABASE_|REDIS_URL|SMTP_URL/;
const SECRET_VALUE = /:\/\/[^/\s]*:[^/\s]*@|-----BEGIN|made-offline|AKIA[0-9A-Z]{16}/;

/** What holds of everything, whatever it is. */
export const EVERYWHERE: readonly Rule[] = [
  rule(
    'tags on everything, by the provider',
    ({ app }) => {
      const { defaultTags } = app.providers.aws as { defaultTags?: { tags?: Record<string, string> } };
      return TAGS.filter((tag) => !defaultTags?.tags?.[tag]);
    },
    ...TAGS.map((tag) => (graph: Graph) => {
      const { defaultTags } = graph.app.providers.aws as { defaultTags: { tags: Record<string, unknown> } };
      delete defaultTags.tags[tag];
    }),
  ),
  rule(
    'no other provider of AWS, which would have no tags, but SST’s for CloudFront',
    (graph) => select(graph, 'pulumi:providers:aws').map(({ name }) => name),
    add('pulumi:providers:aws', {}),
  ),
  rule(
    'no secret in plain environment',
    (graph) =>
      containersOf(graph).flatMap(({ name, definition }) =>
        ((definition.environment ?? []) as { name: string; value: string }[])
          .filter((variable) => SECRET_NAME.test(variable.name) || SECRET_VALUE.test(variable.value))
          .map((variable) => `${name}: ${variable.name}`),
      ),
    set('TaskDefinition', /WebTask/, 'containerDefinitions.0.environment.0', {
      name: 'SUPABASE_SERVICE_KEY',
      value: 'x',
    }),
    set('TaskDefinition', /WorkerTask/, 'containerDefinitions.0.environment.0', {
      name: 'HARMLESS',
      value: 'postgres://user:password@host/db',
    }),
  ),
  rule(
    'nothing lets everybody in',
    (graph) =>
      documents(graph)
        .filter(({ Effect, Principal }) => Effect === 'Allow' && principals(Principal).includes('*'))
        .map(({ of }) => of),
    set('BucketPolicy', /Archive/, 'policy.Statement.0.Effect', 'Allow'),
    set('QueuePolicy', /(?:)/, 'policy.Statement.0.Effect', 'Allow'),
    set('iam/role:Role', /^DeveloperRole$/, 'assumeRolePolicy.Statement.0.Principal', { AWS: '*' }),
  ),
  rule(
    'every bucket is versioned, encrypted, reached by TLS only, and forgets',
    (graph) => {
      const buckets = select(graph, 's3/bucket:Bucket').map(({ name }) => name.replace(/Bucket$/, ''));
      const has = (type: string, suffix: string) => (bucket: string) =>
        select(graph, type).some(({ name }) => name === `${bucket}${suffix}`);
      const parts: [string, string][] = [
        ['BucketVersioning', 'Versioning'],
        ['BucketServerSideEncryptionConfiguration', 'Encryption'],
        ['BucketPolicy', 'Policy'],
        ['BucketLifecycleConfiguration', 'Lifecycle'],
      ];
      return parts.flatMap(([type, suffix]) => buckets.filter((bucket) => !has(type, suffix)(bucket)));
    },
    remove('BucketVersioning'),
    remove('BucketServerSideEncryptionConfiguration'),
    remove('BucketPolicy'),
    remove('BucketLifecycleConfiguration'),
  ),
  row('buckets refuse plain HTTP', { type: 'BucketPolicy' }, 'policy.Statement.0.Condition', {
    Bool: { 'aws:SecureTransport': 'false' },
  }),
];

/** Policies of resources and of who may take a role. */
function documents(graph: Graph): Statement[] {
  const from = (type: string, key: string) =>
    select(graph, type).flatMap(({ name, inputs }) =>
      (inputs[key] as { Statement: Statement[] }).Statement.map((statement) => ({ ...statement, of: name })),
    );
  return [
    ...from('BucketPolicy', 'policy'),
    ...from('QueuePolicy', 'policy'),
    ...from('TopicPolicy', 'policy'),
    ...from('kms/key:Key', 'policy'),
    ...from('iam/role:Role', 'assumeRolePolicy'),
  ];
}

function principals(principal: unknown): readonly string[] {
  if (typeof principal === 'string') return [principal];
  return Object.values((principal ?? {}) as Record<string, string | string[]>).flatMap(list);
}
