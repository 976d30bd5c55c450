import { coerce, gte, lt, valid } from 'semver';

/**
 * @param sent `X-App-Version` as an app wrote it; `2.4` counts as `2.4.0`
 * @returns whether it is below the floor; what is no version at all is not judged
 */
export function isBelow(sent: string, floor: string): boolean {
  const version = versionOf(sent);
  return version !== undefined && lt(version, floor);
}

/** Whether it is known to be at the floor or above; phones may say what is no version. */
export function isAtLeast(sent: string, floor: string): boolean {
  const version = versionOf(sent);
  return version !== undefined && gte(version, floor);
}

const versionOf = (sent: string): string | undefined => valid(sent) ?? coerce(sent)?.version;
