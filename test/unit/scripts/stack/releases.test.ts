import { parseOsRelease, type Platform } from '../../../../scripts/stack/components/platform';
import { mongodRelease, temporalRelease, versitygwRelease } from '../../../../scripts/stack/components/releases';

const platform = (os: Platform['os'], arch: Platform['arch'], osRelease: Record<string, string> = {}): Platform => ({
  os,
  arch,
  osRelease,
});
const mongoFile = (given: Platform): string | undefined => mongodRelease(given)?.archiveUrl.split('/').at(-1);

it.each([
  ['linux', 'x64', 'temporal_cli_1.8.2_linux_amd64.tar.gz', 'versitygw_v1.8.0_Linux_x86_64.tar.gz'],
  ['linux', 'arm64', 'temporal_cli_1.8.2_linux_arm64.tar.gz', 'versitygw_v1.8.0_Linux_arm64.tar.gz'],
  ['darwin', 'arm64', 'temporal_cli_1.8.2_darwin_arm64.tar.gz', 'versitygw_v1.8.0_Darwin_arm64.tar.gz'],
  ['darwin', 'x64', 'temporal_cli_1.8.2_darwin_amd64.tar.gz', 'versitygw_v1.8.0_Darwin_x86_64.tar.gz'],
] as const)('names the archives for %s %s as the vendors do', (os, arch, temporal, versitygw) => {
  expect(temporalRelease(platform(os, arch))).toMatchObject({
    archiveUrl: `https://github.com/temporalio/cli/releases/download/v1.8.2/${temporal}`,
    checksumUrl: 'https://github.com/temporalio/cli/releases/download/v1.8.2/checksums.txt',
  });
  expect(versitygwRelease(platform(os, arch))).toMatchObject({
    archiveUrl: `https://github.com/versity/versitygw/releases/download/v1.8.0/${versitygw}`,
    checksumUrl: 'https://github.com/versity/versitygw/releases/download/v1.8.0/checksums.txt',
  });
});

it.each([
  [platform('linux', 'x64', { ID: 'ubuntu', VERSION_ID: '24.04' }), 'mongodb-linux-x86_64-ubuntu2404-8.0.17.tgz'],
  [platform('linux', 'x64', { ID: 'ubuntu', VERSION_ID: '22.04' }), 'mongodb-linux-x86_64-ubuntu2204-8.0.17.tgz'],
  [platform('linux', 'x64', { ID: 'ubuntu', VERSION_ID: '20.04' }), 'mongodb-linux-x86_64-ubuntu2004-8.0.17.tgz'],
  [platform('linux', 'x64', { ID: 'debian', VERSION_ID: '12' }), 'mongodb-linux-x86_64-debian12-8.0.17.tgz'],
  [platform('linux', 'x64', { ID: 'debian', VERSION_ID: '13' }), 'mongodb-linux-x86_64-debian12-8.0.17.tgz'],
  [platform('linux', 'x64', { ID: 'debian', VERSION_ID: '11' }), 'mongodb-linux-x86_64-ubuntu2004-8.0.17.tgz'],
  [platform('linux', 'arm64', { ID: 'debian', VERSION_ID: '12' }), 'mongodb-linux-aarch64-ubuntu2204-8.0.17.tgz'],
  [platform('linux', 'x64', { ID: 'fedora', VERSION_ID: '42' }), 'mongodb-linux-x86_64-rhel93-8.0.17.tgz'],
  [
    platform('linux', 'x64', { ID: 'rocky', ID_LIKE: 'rhel centos fedora', VERSION_ID: '9.4' }),
    'mongodb-linux-x86_64-rhel93-8.0.17.tgz',
  ],
  [
    platform('linux', 'arm64', { ID: 'almalinux', ID_LIKE: 'rhel centos fedora', VERSION_ID: '8.10' }),
    'mongodb-linux-aarch64-rhel8-8.0.17.tgz',
  ],
  [platform('linux', 'arm64', { ID: 'amzn', VERSION_ID: '2023' }), 'mongodb-linux-aarch64-amazon2023-8.0.17.tgz'],
  [
    platform('linux', 'x64', { ID: 'opensuse-leap', ID_LIKE: 'suse opensuse', VERSION_ID: '15.6' }),
    'mongodb-linux-x86_64-suse15-8.0.17.tgz',
  ],
  [platform('linux', 'x64', { ID: 'arch' }), 'mongodb-linux-x86_64-ubuntu2204-8.0.17.tgz'],
  [platform('darwin', 'arm64'), 'mongodb-macos-arm64-8.0.17.tgz'],
  [platform('linux', 'x64', { ID: 'alpine', VERSION_ID: '3.22' }), undefined],
  [platform('other', 'x64'), undefined],
  [platform('linux', 'other'), undefined],
])('picks the MongoDB build for %j', (given, file) => {
  expect(mongoFile(given)).toBe(file);
});

it('publishes its checksum beside each MongoDB archive', () => {
  const release = mongodRelease(platform('darwin', 'arm64'));
  expect(release?.archiveUrl).toBe('https://fastdl.mongodb.org/osx/mongodb-macos-arm64-8.0.17.tgz');
  expect(release?.checksumUrl).toBe('https://fastdl.mongodb.org/osx/mongodb-macos-arm64-8.0.17.tgz.sha256');
});

it('reads os-release with and without quotes', () => {
  expect(parseOsRelease('ID=debian\nVERSION_ID="12"\n# a comment\nPRETTY_NAME=\'Debian "12"\'\n')).toEqual({
    ID: 'debian',
    VERSION_ID: '12',
    PRETTY_NAME: 'Debian "12"',
  });
});
