import {
  parseApkInstalled,
  parseBrewVersions,
  parseDpkgStatus,
  parseRpmList,
} from '../../../../../scripts/demo/collect/package-databases';

describe('dpkg', () => {
  const text = `Package: tool
Status: install ok installed
Section: net
Architecture: amd64
Version: 1:2.0-1
Pre-Depends: libbase (>= 1)
Depends: libnet1:any (>= 2.34) | libnet0, mail-agent, libbase
Provides: web-browser (= 2), http-client
Homepage: https://tool.example
Description: gets things
 Package: not a field
 .
 more words

Package: gone
Status: deinstall ok config-files
Version: 1

Package: half
Status: install ok half-installed
Version: 1

Package: nameless-version
Status: install ok installed
`;

  it('takes what is installed, with its dependencies', () => {
    expect(parseDpkgStatus(text)).toEqual([
      {
        manager: 'dpkg',
        name: 'tool',
        version: '1:2.0-1',
        architecture: 'amd64',
        section: 'net',
        summary: 'gets things',
        homepage: 'https://tool.example',
        dependsOn: ['libbase', 'libnet1', 'libnet0', 'mail-agent'],
        provides: ['web-browser', 'http-client'],
      },
    ]);
  });

  it('finds nothing in an empty file', () => {
    expect(parseDpkgStatus('')).toEqual([]);
  });
});

describe('apk', () => {
  it('reads one-letter fields, case matters', () => {
    const text = `C:Q1abc=
P:busybox
V:1.36.1-r2
A:x86_64
T:Size optimized toolbox
U:https://busybox.example
L:GPL-2.0-only
D:so:libc.musl-x86_64.so.1 other>=2 !conflict
p:cmd:ash=1.36.1-r2 /bin/sh

P:broken
`;
    expect(parseApkInstalled(text)).toEqual([
      {
        manager: 'apk',
        name: 'busybox',
        version: '1.36.1-r2',
        architecture: 'x86_64',
        summary: 'Size optimized toolbox',
        homepage: 'https://busybox.example',
        license: 'GPL-2.0-only',
        dependsOn: ['so:libc.musl-x86_64.so.1', 'other'],
        provides: ['cmd:ash', '/bin/sh'],
      },
    ]);
  });
});

describe('rpm', () => {
  it('reads tab-separated lines, (none) is nothing', () => {
    const text =
      'bash\t5.2-1\tx86_64\tUnspecified\tGPLv3+\thttps://bash.example\tThe shell\ngpg-pubkey\t1-2\t(none)\t(none)\tpubkey\t(none)\tkey\nbad\n';
    expect(parseRpmList(text)).toEqual([
      {
        manager: 'rpm',
        name: 'bash',
        version: '5.2-1',
        architecture: 'x86_64',
        license: 'GPLv3+',
        homepage: 'https://bash.example',
        summary: 'The shell',
        dependsOn: [],
        provides: [],
      },
      {
        manager: 'rpm',
        name: 'gpg-pubkey',
        version: '1-2',
        license: 'pubkey',
        summary: 'key',
        dependsOn: [],
        provides: [],
      },
    ]);
  });
});

describe('brew', () => {
  it('takes the last version', () => {
    const found = parseBrewVersions('git 2.44.0 2.45.1\n\nalone\n');
    expect(found.map(({ name, version }) => [name, version])).toEqual([['git', '2.45.1']]);
  });
});
