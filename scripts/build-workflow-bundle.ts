import { bundleWorkflowCode } from '@temporalio/worker';
import { createHash } from 'node:crypto';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Compiled sources that can reach the bundle, and the SDK that must load it in the version that built it. */
const inputs = ['workflows/**/*.js', 'domain/**/*.js', 'contracts/**/*.js', 'lib/**/*.js'];

/** Bundles `dist/src/workflows` into `dist/src/workflow-bundle.js`; does nothing when that is up to date. */
async function main(): Promise<void> {
  const source = join(__dirname, '..', 'src');
  const target = join(source, 'workflow-bundle.js');
  const stamp = `${target}.stamp`;
  const digest = createHash('sha256').update(readFileSync(require.resolve('@temporalio/worker/package.json')));
  for (const file of globSync(inputs, { cwd: source }).sort())
    digest.update(file).update(readFileSync(join(source, file)));
  const version = digest.digest('hex');
  if (readIfThere(stamp) === version && readIfThere(target) !== undefined) return;
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(source, 'workflows', 'index.js'),
    logger: {
      log: () => undefined,
      trace: () => undefined,
      debug: () => undefined,
      info: () => undefined,
      warn: console.warn,
      error: console.error,
    },
  });
  writeFileSync(target, code);
  writeFileSync(stamp, version);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

main().catch((err: unknown) => {
  console.error(err);
  process.exitCode = 1;
});
