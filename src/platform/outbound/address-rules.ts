import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
export type Ranges = readonly [Address, number][];

/**
 * Where nothing may be sent to on somebody's word: this machine, this network, the cloud's own services, and what is no
 * place at all (IANA special-purpose registries, RFC 6890).
 */
const FORBIDDEN_V4 = toRanges([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]);
/** Only global unicast addresses lead anywhere; of these, what is documentation, a tunnel or a translation. */
const GLOBAL_V6 = toRanges(['2000::/3']);
const FORBIDDEN_V6 = toRanges(['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']);

export function toRanges(cidrs: readonly string[]): Ranges {
  return cidrs.map((cidr) => ipaddr.parseCIDR(cidr));
}

/** @param text an IP address, as the system or the URL standard writes it; anything else is in no range */
export function isWithin(text: string, ranges: Ranges): boolean {
  const address = parse(text);
  return address !== undefined && inRanges(address, ranges);
}

/** Whether an address is one of the public internet. IPv4 inside IPv6 is taken out first. */
export function isPublic(text: string): boolean {
  const address = parse(text);
  if (address === undefined) return false;
  if (address.kind() === 'ipv4') return !inRanges(address, FORBIDDEN_V4);
  return inRanges(address, GLOBAL_V6) && !inRanges(address, FORBIDDEN_V6);
}

const inRanges = (address: Address, ranges: Ranges): boolean =>
  ranges.some(([range, bits]) => range.kind() === address.kind() && address.match(range, bits));

/** Mapped IPv4 (`::ffff:127.0.0.1`) as IPv4. A scope (`fe80::1%eth0`) is left out. */
function parse(text: string): Address | undefined {
  const [plain = ''] = text.split('%');
  return ipaddr.isValid(plain) ? ipaddr.process(plain) : undefined;
}
