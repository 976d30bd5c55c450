import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import fc from 'fast-check';
import { isPublic } from './address-rules';
import { AddressRefused, guardedConnector } from './guarded-connector';
import { findUrlProblem } from './url-problem';

/** Of each range that nothing may be sent to, its first and its last address, and one beside it where that is public. */
const REFUSED_V4 = [
  ['0.0.0.0', '0.255.255.255', '1.0.0.0'],
  ['10.0.0.0', '10.255.255.255', '11.0.0.0'],
  ['100.64.0.0', '100.127.255.255', '100.128.0.0'],
  ['127.0.0.0', '127.255.255.255', '128.0.0.0'],
  ['169.254.0.0', '169.254.255.255', '169.255.0.0'],
  ['172.16.0.0', '172.31.255.255', '172.32.0.0'],
  ['192.0.0.0', '192.0.0.255', '192.0.1.0'],
  ['192.0.2.0', '192.0.2.255', '192.0.3.0'],
  ['192.88.99.0', '192.88.99.255', '192.88.100.0'],
  ['192.168.0.0', '192.168.255.255', '192.169.0.0'],
  ['198.18.0.0', '198.19.255.255', '198.20.0.0'],
  ['198.51.100.0', '198.51.100.255', '198.51.101.0'],
  ['203.0.113.0', '203.0.113.255', '203.0.114.0'],
  ['224.0.0.0', '239.255.255.255', '223.255.255.255'],
  ['240.0.0.0', '255.255.255.255', '8.8.8.8'],
] as const;
const REFUSED_V6 = [
  '::',
  '::1',
  'fe80::1',
  'febf:ffff::1',
  'fc00::1',
  'fdff::1',
  'ff02::1',
  '2001:db8::1',
  '3fff::1',
  '100::1',
  '2002:7f00:1::',
  '2001::1',
  '64:ff9b::7f00:1',
  '64:ff9b:1::1',
  '5f00::1',
  '::127.0.0.1',
  '::ffff:127.0.0.1',
  '::ffff:a9fe:a9fe',
  '0:0:0:0:0:ffff:10.0.0.1',
];
/** Other ways to write 127.0.0.1 and 169.254.169.254, which the URL standard reads as such. */
const DISGUISED = [
  'https://2130706433/',
  'https://0x7f.1/',
  'https://0177.0.0.1/',
  'https://017700000001/',
  'https://127.1/',
  'https://0xa9fea9fe/',
  'https://[::ffff:7f00:1]/',
  'https://[0:0:0:0:0:ffff:127.0.0.1]/',
  'https://１２７.0.0.1/',
];

describe('addresses', () => {
  it.each(REFUSED_V4)('from %s to %s are refused, and %s is not', (first, last, beside) => {
    expect([first, last, `::ffff:${first}`].filter(isPublic)).toEqual([]);
    expect([beside, `::ffff:${beside}`].filter((address) => !isPublic(address))).toEqual([]);
  });

  it.each(REFUSED_V6)('%s is refused', (address) => {
    expect(isPublic(address)).toBe(false);
  });

  it.each(['2606:4700::1111', '2a00:1450:4001:800::200e'])('%s is public', (address) => {
    expect(isPublic(address)).toBe(true);
  });

  it('that are none are refused', () => {
    fc.assert(fc.property(fc.string(), (text) => isPublic(`${text}x`) === false));
  });
});

describe('a URL', () => {
  const literals = [
    ...REFUSED_V4.flatMap(([first, last]) => [first, last, `[::ffff:${first}]`]),
    ...REFUSED_V6.map((address) => `[${address}]`),
  ];

  it.each([...literals.map((host) => `https://${host}/hook`), ...DISGUISED])(
    '%s is refused at once',
    (url) => {
      expect(findUrlProblem(url, [])).toBe('is not an address of the public internet');
    },
  );

  it.each([
    ['http://example.com/', 'has to be an https URL'],
    ['ftp://example.com/', 'has to be an https URL'],
    ['https://me:secret@example.com/', 'may not hold a user or a password'],
    ['https://localhost/', 'names a machine of our own network'],
    ['https://db.internal./', 'names a machine of our own network'],
    ['example.com', 'is not a URL'],
  ])('%s %s', (url, problem) => {
    expect(findUrlProblem(url, [])).toBe(problem);
  });

  it.each(['https://example.com/hook?key=1', 'https://8.8.8.8:8443/', 'https://[2606:4700::1111]/'])(
    '%s is taken',
    (url) => {
      expect(findUrlProblem(url, [])).toBeUndefined();
    },
  );

  it('may be one of this machine where that is allowed', () => {
    const allow = ['127.0.0.0/8'];
    expect(findUrlProblem('http://127.0.0.1:9000/', allow)).toBeUndefined();
    expect(findUrlProblem('http://10.0.0.1/', allow)).toBeDefined();
  });
});

describe('a connection', () => {
  const to = (url: string, connect: ReturnType<typeof guardedConnector>): Promise<Error | null> => {
    const { hostname, protocol, port, host } = new URL(url);
    return new Promise((resolve) => {
      connect({ hostname, protocol, port, host }, (error, socket) => {
        socket?.destroy();
        resolve(error);
      });
    });
  };
  const resolving = (...addresses: readonly string[]): LookupFunction => {
    return (_hostname, options, callback) => {
      const found: LookupAddress[] = addresses.map((address) => ({
        address,
        family: address.includes(':') ? 6 : 4,
      }));
      const [first] = found;
      if (options.all || first === undefined) callback(null, found);
      else callback(null, first.address, first.family);
    };
  };

  it.each([...REFUSED_V4.flatMap((range) => range.slice(0, 2)), ...REFUSED_V6])(
    'to a name that leads to %s is refused',
    async (address) => {
      const connect = guardedConnector([], resolving(address));
      expect(await to('https://receiver.example/', connect)).toBeInstanceOf(AddressRefused);
    },
  );

  it('to a name that leads to a good address and a bad one is refused', async () => {
    const connect = guardedConnector([], resolving('8.8.8.8', '127.0.0.1'));
    expect(await to('https://receiver.example/', connect)).toBeInstanceOf(AddressRefused);
  });

  it.each(DISGUISED)('to %s is refused without a look-up', async (url) => {
    const lookup: LookupFunction = () => {
      throw new Error('looked up');
    };
    expect(await to(url, guardedConnector([], lookup))).toBeInstanceOf(AddressRefused);
  });

  it('without TLS is refused, but where it is allowed', async () => {
    expect(await to('http://receiver.example/', guardedConnector([], resolving('8.8.8.8')))).toBeInstanceOf(
      AddressRefused,
    );
    expect(
      await to('http://8.8.8.8/', guardedConnector(['127.0.0.0/8'], resolving('8.8.8.8'))),
    ).toBeInstanceOf(AddressRefused);
  });
});
