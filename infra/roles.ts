import { type Container, type SecretName, secretsOf } from './environment';
import type { ServiceImage } from './image';
import { policy, type Statement, streamsOf } from './names';
import type { Secrets } from './secrets';

/** ECR's log-in names no repository: AWS takes `*` only. */
const ECR_LOGIN: Statement = { actions: ['ecr:GetAuthorizationToken'], resources: ['*'] };

/** What ECS itself needs to start a task: its image, its secrets, its log. Nothing of it reaches the container. */
export function executionRole(image: ServiceImage, secrets: Secrets, containers: readonly Container[]) {
  const names = new Set<SecretName>(containers.flatMap(secretsOf).map(([, secret]) => secret));
  const statements: Statement[] = [
    ECR_LOGIN,
    {
      actions: ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
      resources: [image.repository.arn],
    },
    { actions: ['logs:CreateLogStream', 'logs:PutLogEvents'], resources: containers.map(streamsOf) },
  ];
  if (names.size > 0) {
    const resources = [...names].map((name) => secrets[name].arn);
    statements.push({ actions: ['secretsmanager:GetSecretValue'], resources });
  }
  return role(statements);
}

/** What the program in the container may do: what it is given, instead of SST's defaults. */
export function taskRole(...statements: readonly Statement[]) {
  return role(statements);
}

function role(statements: readonly Statement[]) {
  return (args: aws.iam.RoleArgs): undefined => {
    args.managedPolicyArns = [];
    args.inlinePolicies = statements.length === 0 ? [] : [{ name: 'inline', policy: policy(...statements) }];
  };
}

/** Container → Secrets Manager, one key of a secret's JSON a variable. */
export function secretVariables(
  container: Container,
  secrets: Secrets,
): Record<string, $util.Output<string>> {
  return Object.fromEntries(
    secretsOf(container).map(([name, secret]) => [name, $interpolate`${secrets[secret].arn}:${name}::`]),
  );
}
