import { named } from './names';

/** People's roles have their own limits: a second factor and an hour. */
const OF_PEOPLE = ['AdminRole', 'DeveloperRole'];

/**
 * The most that anything which a workflow makes can ever do: no users, no keys, no other account, and no role without
 * this same boundary. Without it the role that deploys could give itself everything by way of a role that it creates.
 * Every role of this program gets it.
 */
export function createBoundary(): aws.iam.Policy {
  const { accountId } = aws.getCallerIdentityOutput();
  const own = (kind: string, name = '') => $interpolate`arn:aws:iam::${accountId}:${kind}/${named(name)}*`;
  const itself = $interpolate`arn:aws:iam::${accountId}:policy/${named('boundary')}`;
  const boundary = new aws.iam.Policy('Boundary', {
    name: named('boundary'),
    description: 'The most that a role of this stage may do',
    policy: $jsonStringify({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'AllButPeopleAndRights',
          Effect: 'Allow',
          NotAction: ['iam:*', 'organizations:*', 'account:*'],
          Resource: '*',
        },
        { Sid: 'OwnRoles', Effect: 'Allow', Action: 'iam:*', Resource: [own('role'), own('policy')] },
        {
          Sid: 'NoRoleWithoutIt',
          Effect: 'Deny',
          Action: ['iam:CreateRole', 'iam:PutRolePermissionsBoundary'],
          Resource: '*',
          Condition: { StringNotEquals: { 'iam:PermissionsBoundary': itself } },
        },
        {
          Sid: 'ItStaysAsItIs',
          Effect: 'Deny',
          Action: [
            'iam:DeleteRolePermissionsBoundary',
            'iam:CreatePolicyVersion',
            'iam:DeletePolicyVersion',
            'iam:SetDefaultPolicyVersion',
            'iam:DeletePolicy',
          ],
          Resource: [itself, own('role')],
        },
        {
          Sid: 'PeopleStayAsTheyAre',
          Effect: 'Deny',
          Action: ['iam:UpdateAssumeRolePolicy', 'iam:PutRolePolicy', 'iam:AttachRolePolicy', 'iam:PassRole'],
          Resource: [
            own('role', 'admin'),
            own('role', 'developer'),
            own('role', 'deploy'),
            own('role', 'image'),
          ],
        },
      ],
    }),
  });
  $transform(aws.iam.Role, (args, _options, name) => {
    if (!OF_PEOPLE.includes(name)) args.permissionsBoundary ??= boundary.arn;
  });
  return boundary;
}
