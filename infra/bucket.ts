import type { StagePolicy } from './stage';

/** When objects under a prefix move and go, in days. */
export interface Lifecycle {
  readonly prefix: string;
  readonly intelligentTieringAfter?: number;
  readonly glacierAfter?: number;
  readonly expireAfter: number;
}

export interface BucketOptions {
  readonly lifecycles: readonly Lifecycle[];
  /** Nobody deletes or overwrites an object for so many days, by Object Lock. */
  readonly lockedDays?: number;
  readonly region?: string;
  /** Statements beside the refusal of plain HTTP. */
  readonly statements?: (arn: $util.Output<string>) => readonly object[];
}

export interface Bucket {
  readonly arn: $util.Output<string>;
  /** Known when its policy is in place: who writes into it asks AWS for that. */
  readonly id: $util.Output<string>;
}

/** A bucket that is private, versioned, encrypted, reached by TLS only, and forgets in time. */
export function privateBucket(name: string, { keepsData }: StagePolicy, options: BucketOptions): Bucket {
  const { lockedDays, region } = options;
  const place = region === undefined ? {} : { region };
  const locked = keepsData && lockedDays !== undefined;
  const bucket = new aws.s3.Bucket(`${name}Bucket`, {
    ...place,
    objectLockEnabled: locked,
    forceDestroy: !keepsData,
  });
  const of = { ...place, bucket: bucket.id };
  const versioning = new aws.s3.BucketVersioning(`${name}Versioning`, {
    ...of,
    versioningConfiguration: { status: 'Enabled' },
  });
  if (locked) {
    new aws.s3.BucketObjectLockConfiguration(
      `${name}Lock`,
      { ...of, rule: { defaultRetention: { mode: 'GOVERNANCE', days: lockedDays } } },
      { dependsOn: [versioning] },
    );
  }
  new aws.s3.BucketServerSideEncryptionConfiguration(`${name}Encryption`, {
    ...of,
    rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: 'AES256' }, bucketKeyEnabled: true }],
  });
  const privacy = new aws.s3.BucketPublicAccessBlock(`${name}Privacy`, {
    ...of,
    blockPublicAcls: true,
    blockPublicPolicy: true,
    ignorePublicAcls: true,
    restrictPublicBuckets: true,
  });
  new aws.s3.BucketLifecycleConfiguration(
    `${name}Lifecycle`,
    { ...of, rules: options.lifecycles.map(lifecycleRule) },
    { dependsOn: [versioning] },
  );
  const policy = $jsonStringify({
    Version: '2012-10-17',
    Statement: [refusePlainHttp(bucket.arn), ...(options.statements?.(bucket.arn) ?? [])],
  });
  const guarded = new aws.s3.BucketPolicy(`${name}Policy`, { ...of, policy }, { dependsOn: [privacy] });
  return { arn: bucket.arn, id: guarded.bucket };
}

function lifecycleRule({ prefix, intelligentTieringAfter, glacierAfter, expireAfter }: Lifecycle) {
  const transitions = [
    { days: intelligentTieringAfter, storageClass: 'INTELLIGENT_TIERING' },
    { days: glacierAfter, storageClass: 'GLACIER' },
  ].flatMap(({ days, storageClass }) => (days === undefined ? [] : [{ days, storageClass }]));
  return {
    id: prefix === '' ? 'all' : prefix.replace(/\/$/, ''),
    status: 'Enabled',
    filter: { prefix },
    transitions,
    expiration: { days: expireAfter },
    noncurrentVersionExpiration: { noncurrentDays: 7 },
    abortIncompleteMultipartUpload: { daysAfterInitiation: 7 },
  };
}

function refusePlainHttp(arn: $util.Output<string>): object {
  return {
    Sid: 'TlsOnly',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [arn, $interpolate`${arn}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}
