import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const source = fileURLToPath(new URL('../src/adapters/ingest/wasm/', import.meta.url));
/** Where the loader looks for the compiled scanner. */
export const scannerFile = fileURLToPath(new URL('../src/adapters/ingest/json-scanner.wasm', import.meta.url));

/**
 * Compiles the JSON scanner from AssemblyScript; returns false when the compiled file is newer than its sources.
 * The file appears by a rename, so that two builds at once, or one that is interrupted, leave no half of it.
 */
export async function buildScanner({ force = false } = {}) {
  if (!force && (await isUpToDate())) return false;
  const { default: asc } = await import('assemblyscript/asc');
  const partial = `${scannerFile}.${process.pid}`;
  await mkdir(dirname(partial), { recursive: true });
  const { error, stderr } = await asc.main([
    join(source, 'index.ts'),
    ...['--outFile', partial, '--runtime', 'stub', '-O3', '--noAssert', '--enable', 'simd', '--enable', 'bulk-memory'],
    ...['--initialMemory', '8', '--memoryBase', '64'],
  ]);
  if (error) throw new Error(`The JSON scanner does not compile:\n${stderr.toString()}`, { cause: error });
  await rename(partial, scannerFile);
  return true;
}

async function isUpToDate() {
  const built = await stat(scannerFile).catch(() => undefined);
  if (!built) return false;
  const files = [fileURLToPath(import.meta.url), ...(await readdir(source)).map((name) => join(source, name))];
  const times = await Promise.all(files.map(async (file) => (await stat(file)).mtimeMs));
  return Math.max(...times) <= built.mtimeMs;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log((await buildScanner()) ? `built ${scannerFile}` : `${scannerFile} is up to date`);
}
