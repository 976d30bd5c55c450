import type { ServiceImage } from './image';
import { named, policy, type Statement } from './names';
import { REPOSITORY, type StagePolicy } from './stage';

const ISSUER = 'token.actions.githubusercontent.com';
const POWER_USER = 'arn:aws:iam::aws:policy/PowerUserAccess';

/** What may be done to our own roles; their boundary (boundary.ts) holds what it comes to. */
const ROLE_ACTIONS = [
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
];

/** Names no repository: AWS takes `*` only. */
const ECR_LOGIN: Statement = { actions: ['ecr:GetAuthorizationToken'], resources: ['*'] };
const ECR_PUSH = [
  'ecr:BatchCheckLayerAvailability',
  'ecr:GetDownloadUrlForLayer',
  'ecr:BatchGetImage',
  'ecr:PutImage',
  'ecr:InitiateLayerUpload',
  'ecr:UploadLayerPart',
  'ecr:CompleteLayerUpload',
];

/**
 * Two roles for GitHub's workflows, without any key: one pushes images, one deploys. Each is for this repository and
 * one environment of it, whose approval GitHub asks for.
 */
export function createCiRoles({ ownsAccount }: StagePolicy, image: ServiceImage): void {
  const { accountId } = aws.getCallerIdentityOutput();
  const provider = ownsAccount
    ? createProvider()
    : $interpolate`arn:aws:iam::${accountId}:oidc-provider/${ISSUER}`;
  const assumeRolePolicy = trust(provider);
  new aws.iam.Role('ImageRole', {
    name: named('image'),
    description: 'GitHub: pushes images',
    assumeRolePolicy,
    inlinePolicies: [
      { name: 'inline', policy: policy(ECR_LOGIN, { actions: ECR_PUSH, resources: [image.repository.arn] }) },
    ],
  });
  const roles = $interpolate`arn:aws:iam::${accountId}:role/${named('')}*`;
  new aws.iam.Role('DeployRole', {
    name: named('deploy'),
    description: 'GitHub: sst deploy',
    assumeRolePolicy,
    // everything but people and rights, which are below, of our own roles only
    managedPolicyArns: [POWER_USER],
    inlinePolicies: [{ name: 'inline', policy: policy({ actions: ROLE_ACTIONS, resources: [roles] }) }],
  });
}

function createProvider(): $util.Output<string> {
  const url = `https://${ISSUER}`;
  return new aws.iam.OpenIdConnectProvider('GitHub', { url, clientIdLists: ['sts.amazonaws.com'] }).arn;
}

/** `sub` names repository and environment in full: no branch, fork or other environment gets in. */
function trust(provider: $util.Input<string>): $util.Output<string> {
  const claims = {
    [`${ISSUER}:aud`]: 'sts.amazonaws.com',
    [`${ISSUER}:sub`]: `repo:${REPOSITORY}:environment:${$app.stage}`,
  };
  return $jsonStringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRoleWithWebIdentity',
        Principal: { Federated: provider },
        Condition: { StringEquals: claims },
      },
    ],
  });
}
