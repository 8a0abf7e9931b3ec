import { join } from 'node:path';
import { packageRoot } from '../package-root';
import { goBuild, goInstall } from './go-build';
import type { Recipe, Way } from './recipe';
import { temporalRelease, TEMPORAL_VERSION } from './releases';
import { runTool } from './run-tool';
import { vendorRelease } from './vendor-release';

const COMMAND = 'github.com/temporalio/cli/cmd/temporal';
/** The newest release that `go install` accepts: later ones carry a `replace` directive. Also builds with an older Go. */
const INSTALLABLE_VERSION = '1.5.1';

/** `go install` refuses this release because of its `replace` directive; the module in scripts/tools/temporal works around it. */
const fromOwnModule: Way = {
  label: 'Go module build',
  version: TEMPORAL_VERSION,
  obtain: (workshop) => {
    workshop.step(`building ${TEMPORAL_VERSION} with Go, once; a few minutes`);
    return goBuild(workshop, {
      moduleDirectory: join(packageRoot(), 'scripts', 'tools', 'temporal'),
      pkg: COMMAND,
      name: 'temporal',
      ldflags: `-X github.com/temporalio/cli/internal/temporalcli.Version=${TEMPORAL_VERSION}`,
    });
  },
};

const olderByInstall: Way = {
  label: `go install of ${INSTALLABLE_VERSION}`,
  version: INSTALLABLE_VERSION,
  obtain: (workshop) => {
    workshop.step(`building ${INSTALLABLE_VERSION}, which an older Go can, once; a few minutes`);
    return goInstall(workshop, `${COMMAND}@v${INSTALLABLE_VERSION}`, 'temporal');
  },
};

export const temporalCli: Recipe = {
  name: 'temporal',
  title: 'Temporal CLI',
  setting: 'PERIJOVE_TEMPORAL_BIN',
  needs: 'Go 1.26.4 or newer',
  ways: (platform) => {
    const release = temporalRelease(platform);
    return [...(release === undefined ? [] : [vendorRelease(release)]), fromOwnModule, olderByInstall];
  },
  check: async (file) => {
    const help = await runTool(file, ['server', 'start-dev', '--help'], { withinMs: 20_000 });
    if (!help.includes('--search-attribute')) throw new Error('its `server start-dev` is too old');
  },
};
