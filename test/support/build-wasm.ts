import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Compiles what WebAssembly is out of date, so that unit tests run without a build before them. */
export function buildWasm(): void {
  execFileSync(process.execPath, [join(__dirname, '../../scripts/build-wasm.mjs')]);
}
