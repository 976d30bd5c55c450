/** The physical name of what has to be found by name: `loopin-<stage>-<what>`. */
export function named(what: string): string {
  return `loopin-${$app.stage}-${what}`;
}

/** The log group of a container. */
export function logGroupOf(container: string): string {
  return `/ecs/${named(container)}`;
}

/** All streams of a container's log group, known before it exists. */
export function streamsOf(container: string): $util.Output<string> {
  const { accountId } = aws.getCallerIdentityOutput();
  const { region } = aws.getRegionOutput();
  return $interpolate`arn:aws:logs:${region}:${accountId}:log-group:${logGroupOf(container)}:*`;
}

/** The logical name of something that has a name with dashes: `Alarm` and `web-5xx` make `AlarmWeb5xx`. */
export function idOf(kind: string, name: string): string {
  return kind + name.replace(/(^|-)(\w)/g, (_match, _dash, letter: string) => letter.toUpperCase());
}

/** A policy document of `Allow` statements; what it says is checked offline, so it is written as plain data. */
export function policy(...statements: readonly Statement[]): $util.Output<string> {
  return $jsonStringify({
    Version: '2012-10-17',
    Statement: statements.map(({ actions, resources, when }) => ({
      Effect: 'Allow',
      Action: actions,
      Resource: resources,
      ...(when === undefined ? {} : { Condition: when }),
    })),
  });
}

export interface Statement {
  readonly actions: readonly string[];
  readonly resources: readonly $util.Input<string>[];
  readonly when?: Readonly<Record<string, Readonly<Record<string, $util.Input<string> | string[]>>>>;
}

/** A role that one AWS service assumes. */
export function serviceRole(
  name: string,
  service: string,
  ...statements: readonly Statement[]
): aws.iam.Role {
  return new aws.iam.Role(name, {
    name: named(name.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase()),
    assumeRolePolicy: $jsonStringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: service } }],
    }),
    inlinePolicies: statements.length === 0 ? [] : [{ name: 'inline', policy: policy(...statements) }],
  });
}
