import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Compiled files, relative to the root: each lies beside the module that loads it, its sources in `wasm/` there. */
const modules = [
  { file: 'src/adapters/ingest/json-scanner.wasm', pages: 8 },
  { file: 'src/adapters/mongo/document-encoder.wasm', pages: 40 },
];
export const wasmFiles = modules.map(({ file }) => file);

/**
 * Compiles from AssemblyScript what is older than its sources; gives the names of what was compiled.
 * A file appears by a rename, so that two builds at once, or one that is interrupted, leave no half of it.
 */
export async function buildWasm() {
  const built = [];
  const newest = await newestSource();
  for (const { file, pages } of modules) {
    const info = await stat(join(root, file)).catch(() => undefined);
    if (info && newest <= info.mtimeMs) continue;
    await compile(file, pages);
    built.push(file);
  }
  return built;
}

async function compile(file, pages) {
  const { default: asc } = await import('assemblyscript/asc');
  const target = join(root, file);
  const partial = `${target}.${process.pid}`;
  await mkdir(dirname(partial), { recursive: true });
  const { error, stderr } = await asc.main([
    join(dirname(target), 'wasm/index.ts'),
    ...['--outFile', partial, '--runtime', 'stub', '-O3', '--noAssert', '--enable', 'simd', '--enable', 'bulk-memory'],
    ...['--initialMemory', String(pages), '--memoryBase', '64'],
  ]);
  if (error) throw new Error(`${file} does not compile:\n${stderr.toString()}`, { cause: error });
  await rename(partial, target);
}

/** The modules share sources, so one that changes makes all of them old. */
async function newestSource() {
  const folders = modules.map(({ file }) => join(root, dirname(file), 'wasm'));
  const lists = await Promise.all(
    folders.map(async (folder) => (await readdir(folder)).map((name) => join(folder, name))),
  );
  const files = [fileURLToPath(import.meta.url), ...lists.flat()];
  const times = await Promise.all(files.map(async (path) => (await stat(path)).mtimeMs));
  return Math.max(...times);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const built = await buildWasm();
  // On stderr: the output of `npm run -s admin` is for scripts to read.
  if (built.length > 0) console.error(`built ${built.join(', ')}`);
}
