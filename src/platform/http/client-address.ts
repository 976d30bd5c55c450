import { isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';

const IPV6_NETWORK_PARTS = 4;

/**
 * What an address counts as: an IPv4 address for itself, also inside IPv6; of IPv6 the /64, which is what one
 * customer is given at the least, so that hopping through it gains nothing.
 */
export function countedAddress(ip: string): string {
  if (isIPv4(ip) || !ipaddr.isValid(ip)) return ip;
  const address = ipaddr.process(ip);
  if (!(address instanceof ipaddr.IPv6)) return address.toString();
  return `${address.parts
    .slice(0, IPV6_NETWORK_PARTS)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}
