import type { ServiceImage } from './image';
import { named, policy } from './names';
import { REPOSITORY, type StagePolicy } from './stage';

const ISSUER = 'token.actions.githubusercontent.com';
const POWER_USER = 'arn:aws:iam::aws:policy/PowerUserAccess';

/**
 * Two roles for GitHub's workflows, without any key: one pushes images, one deploys. Each is for this repository and
 * one environment of it, whose approval GitHub asks for; the one that deploys can't give more than its boundary.
 */
export function createCiRoles({ ownsAccount }: StagePolicy, image: ServiceImage): void {
  const { accountId } = aws.getCallerIdentityOutput();
  const provider = ownsAccount
    ? new aws.iam.OpenIdConnectProvider('GitHub', { url: `https://${ISSUER}`, clientIdLists: ['sts.amazonaws.com'] }).arn
    : $interpolate`arn:aws:iam::${accountId}:oidc-provider/${ISSUER}`;
  const account = { accountId, trust: trust(provider) };
  const boundary = createBoundary(account.accountId);
  createImageRole(account.trust, image, boundary);
  createDeployRole(account, boundary);
}

/** `sub` names repository and environment in full: no branch, fork or other environment gets in. */
function trust(provider: $util.Input<string>): $util.Output<string> {
  return $jsonStringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRoleWithWebIdentity',
        Principal: { Federated: provider },
        Condition: {
          StringEquals: {
            [`${ISSUER}:aud`]: 'sts.amazonaws.com',
            [`${ISSUER}:sub`]: `repo:${REPOSITORY}:environment:${$app.stage}`,
          },
        },
      },
    ],
  });
}

function createImageRole(assumeRolePolicy: $util.Output<string>, image: ServiceImage, boundary: aws.iam.Policy): void {
  new aws.iam.Role('ImageRole', {
    name: named('image'),
    description: 'GitHub: pushes images',
    assumeRolePolicy,
    permissionsBoundary: boundary.arn,
    inlinePolicies: [
      {
        name: 'inline',
        policy: policy(
          // names no repository: AWS takes `*` only
          { actions: ['ecr:GetAuthorizationToken'], resources: ['*'] },
          {
            actions: [
              'ecr:BatchCheckLayerAvailability',
              'ecr:GetDownloadUrlForLayer',
              'ecr:BatchGetImage',
              'ecr:PutImage',
              'ecr:InitiateLayerUpload',
              'ecr:UploadLayerPart',
              'ecr:CompleteLayerUpload',
            ],
            resources: [image.repository.arn],
          },
        ),
      },
    ],
  });
}

/** Everything but people and rights by Amazon's own policy; of rights, roles and policies named loopin-* only. */
function createDeployRole(account: { accountId: $util.Output<string>; trust: $util.Output<string> }, boundary: aws.iam.Policy): void {
  const { accountId } = account;
  new aws.iam.Role('DeployRole', {
    name: named('deploy'),
    description: 'GitHub: sst deploy',
    assumeRolePolicy: account.trust,
    permissionsBoundary: boundary.arn,
    managedPolicyArns: [POWER_USER],
    inlinePolicies: [
      {
        name: 'inline',
        policy: policy({
          actions: [
            'iam:CreateRole',
            'iam:DeleteRole',
            'iam:GetRole',
            'iam:PassRole',
            'iam:TagRole',
            'iam:UntagRole',
            'iam:UpdateRole',
            'iam:UpdateAssumeRolePolicy',
            'iam:PutRolePolicy',
            'iam:GetRolePolicy',
            'iam:DeleteRolePolicy',
            'iam:AttachRolePolicy',
            'iam:DetachRolePolicy',
            'iam:ListRolePolicies',
            'iam:ListAttachedRolePolicies',
            'iam:ListInstanceProfilesForRole',
          ],
          resources: [$interpolate`arn:aws:iam::${accountId}:role/loopin-${$app.stage}-*`],
        }),
      },
    ],
  });
}

/** The most that a workflow's role can ever do, whatever else it is given: no users, no keys, no way out of this. */
function createBoundary(accountId: $util.Output<string>): aws.iam.Policy {
  const own = (kind: string) => $interpolate`arn:aws:iam::${accountId}:${kind}/loopin-${$app.stage}-`;
  return new aws.iam.Policy('CiBoundary', {
    name: named('ci-boundary'),
    description: 'The most that a workflow of GitHub may do',
    policy: $jsonStringify({
      Version: '2012-10-17',
      Statement: [
        { Sid: 'Services', Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*'], Resource: '*' },
        { Sid: 'OwnRoles', Effect: 'Allow', Action: 'iam:*', Resource: [$interpolate`${own('role')}*`, $interpolate`${own('policy')}*`] },
        {
          Sid: 'NotItself',
          Effect: 'Deny',
          Action: ['iam:DeleteRolePermissionsBoundary', 'iam:CreatePolicyVersion', 'iam:SetDefaultPolicyVersion', 'iam:DeletePolicy'],
          Resource: [$interpolate`${own('policy')}ci-boundary`, $interpolate`${own('role')}deploy`, $interpolate`${own('role')}image`],
        },
      ],
    }),
  });
}
