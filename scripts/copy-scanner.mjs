import { copyFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { scannerFile } from './build-scanner.mjs';

// The compiler copies no WebAssembly; the loader looks for the scanner beside itself.
copyFileSync(scannerFile, fileURLToPath(new URL('../dist/src/adapters/ingest/json-scanner.wasm', import.meta.url)));
