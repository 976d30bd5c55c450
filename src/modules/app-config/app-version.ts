import { coerce, lt, valid } from 'semver';

/**
 * @param sent `X-App-Version` as an app wrote it; `2.4` counts as `2.4.0`
 * @returns whether it is below the floor; what is no version at all is not judged
 */
export function isBelow(sent: string, floor: string): boolean {
  const version = valid(sent) ?? coerce(sent)?.version;
  return version !== undefined && lt(version, floor);
}
