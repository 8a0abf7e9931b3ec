import { bundleWorkflowCode } from '@temporalio/worker';
import { createHash } from 'node:crypto';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const source = join(__dirname, '..', 'src');
/** Compiled sources that can reach a bundle, and the SDK that must load it in the version that built it. */
const inputs = ['workflows/**/*.js', 'domain/**/*.js', 'contracts/**/*.js', 'lib/**/*.js'];

/** Interceptors of each bundle: which a worker has is settled when it is built, and what a worker does not use costs nothing. */
const bundles: Readonly<Record<string, readonly string[]>> = {
  'workflow-bundle.js': ['log-interceptors'],
  'workflow-bundle-traced.js': ['log-interceptors', 'trace-interceptors'],
};

/** Bundles `dist/src/workflows` into `dist/src/workflow-bundle*.js`; does nothing when they are up to date. */
async function main(): Promise<void> {
  const digest = createHash('sha256').update(JSON.stringify(bundles));
  digest.update(readFileSync(require.resolve('@temporalio/worker/package.json')));
  for (const file of globSync(inputs, { cwd: source }).sort())
    digest.update(file).update(readFileSync(join(source, file)));
  const version = digest.digest('hex');
  for (const [name, interceptors] of Object.entries(bundles)) await bundle(join(source, name), interceptors, version);
}

async function bundle(target: string, interceptors: readonly string[], version: string): Promise<void> {
  const stamp = `${target}.stamp`;
  if (readIfThere(stamp) === version && readIfThere(target) !== undefined) return;
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(source, 'workflows', 'index.js'),
    workflowInterceptorModules: interceptors.map((name) => join(source, 'workflows', 'support', `${name}.js`)),
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
