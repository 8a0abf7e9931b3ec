import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { wasmFiles } from './build-wasm.mjs';

// The compiler copies no WebAssembly; each module looks for it beside itself.
const root = fileURLToPath(new URL('..', import.meta.url));
for (const file of wasmFiles) copyFileSync(join(root, file), join(root, 'dist', file));
