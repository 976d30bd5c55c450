import { coerce, gte, lt, valid } from 'semver';

/**
 * @param sent `X-App-Version` as an app wrote it; `2.4` counts as `2.4.0`
 * @returns whether it is below the floor; what is no version at all is not judged
 */
export function isBelow(sent: string, floor: string): boolean {
  const version = toVersion(sent);
  return version !== undefined && lt(version, floor);
}

/** @returns whether it is the floor or newer; what is no version at all is not */
export function meets(sent: string, floor: string): boolean {
  const version = toVersion(sent);
  return version !== undefined && gte(version, floor);
}

const toVersion = (sent: string): string | undefined => valid(sent) ?? coerce(sent)?.version;
