import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { SafeError } from '../../shared/safe-error';
import { isPublic, isWithin, toRanges } from './address-rules';

const CONNECT_MS = 10_000;

/** Where somebody's URL leads is none of their business. To try again would lead there again. */
export class AddressRefused extends SafeError {
  constructor() {
    super('the address is not one of the public internet');
  }
}

/**
 * Connections to the public internet only. What is checked is the address that is connected to, each time anew: a name
 * that leads elsewhere at the second look (DNS rebinding) gains nothing.
 * @param allow ranges that may be connected to as well, by http too; empty outside a developer's machine
 * @param lookup how names are resolved
 */
export function guardedConnector(
  allow: readonly string[],
  lookup: LookupFunction = systemLookup,
): buildConnector.connector {
  const allowed = toRanges(allow);
  const mayConnect = (address: string, secure: boolean) =>
    isWithin(address, allowed) || (secure && isPublic(address));
  const connectors = {
    secure: connectorOver(guardedLookup(lookup, (address) => mayConnect(address, true))),
    plain: connectorOver(guardedLookup(lookup, (address) => mayConnect(address, false))),
  };
  return (options, callback) => {
    const secure = options.protocol === 'https:';
    const host = options.hostname.replace(/^\[|\]$/g, '');
    // an address that needs no resolving is never looked up
    if (isIP(host) !== 0 && !mayConnect(host, secure)) {
      queueMicrotask(() => callback(new AddressRefused(), null));
      return;
    }
    (secure ? connectors.secure : connectors.plain)(options, callback);
  };
}

const connectorOver = (lookup: LookupFunction): buildConnector.connector =>
  // `lookup` is one of net.connect's options, which undici hands on
  buildConnector({ timeout: CONNECT_MS, allowH2: false, ...{ lookup } });

/** All of a name's addresses have to be good: which one is taken is not ours to say. */
function guardedLookup(lookup: LookupFunction, mayConnect: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, options, (error, found, family) => {
      if (error !== null) return callback(error, found, family);
      const addresses = typeof found === 'string' ? [found] : found.map(({ address }) => address);
      if (addresses.length > 0 && addresses.every(mayConnect)) return callback(null, found, family);
      callback(new AddressRefused(), found, family);
    });
  };
}
