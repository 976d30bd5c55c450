import ipaddr from 'ipaddr.js';

const KEPT_BITS = { ipv4: 24, ipv6: 48 };

/** The network of an address, /24 or /48: enough to see that two sign-ins came from different places, not from whom. */
export function addressPrefix(address: string): string | undefined {
  if (!ipaddr.isValid(address)) return undefined;
  const parsed = ipaddr.process(address);
  const isV4 = parsed.kind() === 'ipv4';
  const bits = isV4 ? KEPT_BITS.ipv4 : KEPT_BITS.ipv6;
  const network = isV4
    ? ipaddr.IPv4.networkAddressFromCIDR(`${parsed.toString()}/${bits}`)
    : ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/${bits}`);
  return `${network.toString()}/${bits}`;
}
