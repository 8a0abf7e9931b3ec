import { goInstall } from './go-build';
import type { Recipe, Way } from './recipe';
import { versitygwRelease, VERSITYGW_VERSION } from './releases';
import { runTool } from './run-tool';
import { vendorRelease } from './vendor-release';

const byInstall: Way = {
  label: 'go install',
  version: VERSITYGW_VERSION,
  obtain: (workshop) => {
    workshop.step(`building ${VERSITYGW_VERSION} with Go, once; about a minute`);
    return goInstall(workshop, `github.com/versity/versitygw/cmd/versitygw@v${VERSITYGW_VERSION}`, 'versitygw');
  },
};

export const versitygw: Recipe = {
  name: 'versitygw',
  title: 'S3 server (versitygw)',
  setting: 'PERIJOVE_S3_BIN',
  needs: 'Go 1.26 or newer',
  ways: (platform) => {
    const release = versitygwRelease(platform);
    return [...(release === undefined ? [] : [vendorRelease(release)]), byInstall];
  },
  check: async (file) => {
    const help = await runTool(file, ['posix', '--help'], { withinMs: 20_000 });
    if (!help.includes('--sidecar')) throw new Error('it has no posix backend with --sidecar');
  },
};
