import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { wasmFiles } from './build-wasm.mjs';

// The compiler copies neither WebAssembly nor what the GraphQL API reads; each module looks for its files beside itself.
const root = fileURLToPath(new URL('..', import.meta.url));
const graphql = 'src/api/graphql';
const graphqlFiles = readdirSync(join(root, graphql)).filter((name) => /\.(graphql|html)$/.test(name));
for (const file of [...wasmFiles, ...graphqlFiles.map((name) => join(graphql, name))]) {
  copyFileSync(join(root, file), join(root, 'dist', file));
}
