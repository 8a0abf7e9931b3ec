import { join } from 'node:path';
import type { Workshop } from './recipe';
import { runTool } from './run-tool';

/** Stripped, without cgo and without asking version control, wherever the sources come from. */
const STRIP = '-s -w';

/** Builds `pkg` of the module in `moduleDirectory`, whose go.mod and go.sum pin every source by hash. */
export async function goBuild(
  workshop: Workshop,
  {
    moduleDirectory,
    pkg,
    name,
    ldflags = '',
  }: { moduleDirectory: string; pkg: string; name: string; ldflags?: string },
): Promise<string> {
  const file = join(workshop.directory, name);
  const args = ['build', '-mod=readonly', '-buildvcs=false', '-ldflags', `${STRIP} ${ldflags}`.trim(), '-o', file, pkg];
  await runTool('go', args, { cwd: moduleDirectory, env: goEnvironment(workshop.env), signal: workshop.signal });
  return file;
}

/** `go install module@version` into the workshop; the checksum database vouches for the sources. */
export async function goInstall(workshop: Workshop, pkgAtVersion: string, name: string): Promise<string> {
  const env = { ...goEnvironment(workshop.env), GOBIN: workshop.directory };
  const args = ['install', '-buildvcs=false', '-ldflags', STRIP, pkgAtVersion];
  await runTool('go', args, { cwd: workshop.directory, env, signal: workshop.signal });
  return join(workshop.directory, name);
}

/**
 * GOTOOLCHAIN=auto lets an older Go fetch the one that a module asks for. A stray go.work or GOFLAGS of the user's other
 * work must not change what is built.
 */
function goEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, CGO_ENABLED: '0', GOTOOLCHAIN: 'auto', GOWORK: 'off', GOFLAGS: '' };
}
