import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { wasmFiles } from './build-wasm.mjs';

// The compiler copies neither WebAssembly nor what the GraphQL API reads; each module looks for its files beside itself.
const root = fileURLToPath(new URL('..', import.meta.url));
const graphql = 'src/api/graphql';
const graphqlFiles = readdirSync(join(root, graphql)).filter((name) => /\.(graphql|html)$/.test(name));
for (const file of [...wasmFiles, ...graphqlFiles.map((name) => join(graphql, name))]) {
  copyFileSync(join(root, file), join(root, 'dist', file));
}

// The page of GraphiQL is served by the API alone, without a bundler: these packages have a build for the browser.
const require = createRequire(import.meta.url);
const beside = (packageJson, file) => join(dirname(packageJson), file);
const pageFiles = {
  'react.js': beside(require.resolve('react/package.json'), 'umd/react.production.min.js'),
  'react-dom.js': beside(require.resolve('react-dom/package.json'), 'umd/react-dom.production.min.js'),
  'graphiql.js': beside(require.resolve('graphiql/package.json'), 'graphiql.min.js'),
  'graphiql.css': beside(require.resolve('graphiql/package.json'), 'graphiql.min.css'),
  'page.js': join(root, graphql, 'graphiql-page.js'),
  'page.css': join(root, graphql, 'graphiql-page.css'),
};
const pageFolder = join(root, 'dist', graphql, 'graphiql');
mkdirSync(pageFolder, { recursive: true });
for (const [name, file] of Object.entries(pageFiles)) {
  writeFileSync(join(pageFolder, `${name}.gz`), gzipSync(readFileSync(file)));
}
