import {
  parseMacMounts,
  parseMounts,
  assetMounts,
  withoutCredentials,
} from '../../../../../scripts/demo/collect/file-systems';
import { categoryOf, hostIdOf, parsePlatformUuid } from '../../../../../scripts/demo/collect/host';
import {
  formatIpv6,
  isLinkLocal,
  isLoopback,
  isPrivateAddress,
  networkOf,
} from '../../../../../scripts/demo/collect/ip-addresses';
import { interfacesFromNode } from '../../../../../scripts/demo/collect/network';
import { parseOsRelease, parseSwVers } from '../../../../../scripts/demo/collect/operating-system';
import { parseDsclList, parseGroup, parsePasswd } from '../../../../../scripts/demo/collect/users';

describe('host', () => {
  it('hides the machine id and does not depend on the host name when there is one', () => {
    const id = hostIdOf('0123456789abcdef0123456789abcdef\n', 'a');
    expect(id).toMatch(/^[0-9a-f]{12}$/);
    expect(id).toBe(hostIdOf('0123456789abcdef0123456789abcdef', 'b'));
    expect('0123456789abcdef0123456789abcdef').not.toContain(id);
    expect(hostIdOf(undefined, 'a')).not.toBe(hostIdOf('', 'b'));
  });

  it('finds the platform id in ioreg output', () => {
    expect(parsePlatformUuid('  {\n    "IOPlatformUUID" = "AB-12"\n  }')).toBe('AB-12');
    expect(parsePlatformUuid('')).toBeUndefined();
  });

  it('tells servers from endpoints by the chassis', () => {
    expect([categoryOf('10', 'linux'), categoryOf('23', 'linux'), categoryOf('1', 'linux')]).toEqual([
      'endpoint',
      'server',
      'other',
    ]);
    expect([categoryOf(undefined, 'darwin'), categoryOf(undefined, 'linux')]).toEqual(['endpoint', 'other']);
  });
});

describe('operating system', () => {
  it('reads os-release with and without quotes', () => {
    const values = parseOsRelease('# comment\nNAME="Some \\"Linux\\""\nID=some\nVERSION_ID=\'3.1\'\n\nbroken line\n');
    expect([...values]).toEqual([
      ['NAME', 'Some "Linux"'],
      ['ID', 'some'],
      ['VERSION_ID', '3.1'],
    ]);
  });

  it('reads sw_vers', () => {
    expect(parseSwVers('ProductName:\t\tmacOS\nProductVersion:\t\t15.1\nBuildVersion:\t24B83\n')).toEqual({
      name: 'macOS',
      version: '15.1',
    });
    expect(parseSwVers('')).toEqual({});
  });
});

describe('users and groups', () => {
  it('reads accounts; of the comment only the name', () => {
    const text =
      'root:x:0:0:root:/root:/bin/sh\nada:x:1000:1000:Ada L,Room 1,555-0100:/home/ada:/bin/zsh\n\n#no\nbad:x:a:b\n+::::::\n';
    expect(parsePasswd(text)).toEqual([
      { name: 'root', uid: 0, gid: 0, fullName: 'root', home: '/root', shell: '/bin/sh' },
      { name: 'ada', uid: 1000, gid: 1000, fullName: 'Ada L', home: '/home/ada', shell: '/bin/zsh' },
    ]);
  });

  it('reads groups with and without members', () => {
    expect(parseGroup('sudo:x:27:ada,bob\nusers:x:100:\nbroken\n')).toEqual([
      { name: 'sudo', gid: 27, members: ['ada', 'bob'] },
      { name: 'users', gid: 100, members: [] },
    ]);
  });

  it('reads dscl lists, with values of several words', () => {
    expect([...parseDsclList('_www     70\nadmin   root ada\n\n')]).toEqual([
      ['_www', '70'],
      ['admin', 'root ada'],
    ]);
  });
});

describe('file systems', () => {
  const mounts = parseMounts(
    [
      'proc /proc proc rw 0 0',
      'overlay / overlay rw,relatime 0 0',
      '/dev/sda1 /mnt/my\\040disk ext4 ro,nosuid 0 0',
      'overlay /var/lib/docker/overlay2/x/merged overlay rw 0 0',
      'tmpfs /run tmpfs rw 0 0',
      '/dev/sda2 /data ext4 rw 0 0',
      '/dev/sdb1 /data xfs rw 0 0',
      'broken',
    ].join('\n'),
  );

  it('decodes mounts and keeps the assets among them, the topmost per mount point', () => {
    expect(assetMounts(mounts)).toEqual([
      { source: 'overlay', mountPoint: '/', type: 'overlay', options: ['rw', 'relatime'] },
      { source: '/dev/sda1', mountPoint: '/mnt/my disk', type: 'ext4', options: ['ro', 'nosuid'] },
      { source: '/dev/sdb1', mountPoint: '/data', type: 'xfs', options: ['rw'] },
    ]);
  });

  it('reads the mounts of macOS', () => {
    expect(parseMacMounts('/dev/disk3s1 on / (apfs, sealed, read-only)\nmap auto_home on /home (autofs)\n?')).toEqual([
      { source: '/dev/disk3s1', mountPoint: '/', type: 'apfs', options: ['sealed', 'ro'] },
      { source: 'map auto_home', mountPoint: '/home', type: 'autofs', options: [] },
    ]);
  });

  it.each([
    ['//ada:secret@server/share', '//server/share'],
    ['https://ada:secret@server/dav', 'https://server/dav'],
    ['ada@server:/export', 'server:/export'],
    ['server:/export', 'server:/export'],
    ['/dev/sda1', '/dev/sda1'],
    ['/dev/mapper/a@b', '/dev/mapper/a@b'],
  ])('takes credentials out of %s', (source, expected) => {
    expect(withoutCredentials(source)).toBe(expected);
  });
});

describe('addresses', () => {
  it.each([
    ['192.168.7.9', 24, '192.168.7.0/24'],
    ['10.1.2.3', 8, '10.0.0.0/8'],
    ['10.1.2.3', 19, '10.1.0.0/19'],
    ['10.1.2.3', 32, '10.1.2.3/32'],
    ['2001:db8:1:2:aaaa::1', 64, '2001:db8:1:2::/64'],
    ['2001:db8::1', 128, '2001:db8::1/128'],
    ['fd00::ffff:1', 120, 'fd00::ffff:0/120'],
    ['fe80::1%eth0', 10, 'fe80::/10'],
    ['::ffff:10.0.0.1', 128, '::ffff:a00:1/128'],
    ['::1', 0, '::/0'],
  ])('finds the network of %s/%i', (address, prefix, expected) => {
    expect(networkOf(address, prefix)).toBe(expected);
  });

  it('knows no network for what is no address', () => {
    expect(networkOf('host', 24)).toBeUndefined();
  });

  it('shortens only the longest run of two or more zero groups', () => {
    expect(formatIpv6([1, 0, 0, 2, 0, 0, 0, 3])).toBe('1:0:0:2::3');
    expect(formatIpv6([1, 0, 2, 3, 4, 5, 6, 7])).toBe('1:0:2:3:4:5:6:7');
    expect(formatIpv6([0, 0, 0, 0, 0, 0, 0, 0])).toBe('::');
  });

  it('tells loopback, link-local, private and public apart', () => {
    expect(['127.9.0.1', '::1', '128.0.0.1'].map(isLoopback)).toEqual([true, true, false]);
    expect(['169.254.1.1', 'fe80::1%en0', 'fd00::1'].map(isLinkLocal)).toEqual([true, true, false]);
    expect(
      ['10.0.0.1', '172.31.0.1', '172.32.0.1', 'fd00::1', '2606:4700::1', '8.8.8.8'].map(isPrivateAddress),
    ).toEqual([true, true, false, true, false, false]);
  });

  it('takes interfaces from Node', () => {
    const entry = { netmask: '', internal: false } as const;
    expect(
      interfacesFromNode({
        en0: [
          { ...entry, address: '10.0.0.5', family: 'IPv4', mac: 'AA:BB:CC:00:00:01', cidr: '10.0.0.5/24' },
          { ...entry, address: 'fe80::1', family: 'IPv6', mac: 'AA:BB:CC:00:00:01', cidr: null, scopeid: 4 },
        ],
        lo: [{ ...entry, address: '127.0.0.1', family: 'IPv4', mac: '00:00:00:00:00:00', cidr: '127.0.0.1/8' }],
      }),
    ).toEqual([
      {
        name: 'en0',
        macAddress: 'aa:bb:cc:00:00:01',
        addresses: [
          { interfaceName: 'en0', address: '10.0.0.5', family: 4, prefixLength: 24 },
          { interfaceName: 'en0', address: 'fe80::1', family: 6, prefixLength: 128 },
        ],
      },
      { name: 'lo', addresses: [{ interfaceName: 'lo', address: '127.0.0.1', family: 4, prefixLength: 8 }] },
    ]);
  });
});
