import { builtinModules } from 'node:module';
import * as importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

const nodeBuiltins = builtinModules.flatMap((name) => [name, `node:${name}`]);
const temporal = '^@temporalio/';
const drivers = '^(mongodb|@aws-sdk/.*)$';
const zod = '^zod($|/)';
const temporalNodeSide = '^@temporalio/(worker|client|activity|testing)$';
const http = '^(fastify|@fastify/.*|graphql|@graphql-tools/.*)($|/)';

/** One row per layer: what it may import, what it may import as types only, packages it may not import, sandbox purity. */
const layers = {
  contracts: { may: [], not: [temporal, drivers, http], pure: true },
  lib: { may: [], not: [temporal, drivers, zod, http], pure: true },
  domain: { may: ['contracts', 'lib'], not: [temporal, drivers, zod, http], pure: true, clockless: true },
  workflows: {
    may: ['contracts', 'domain', 'lib'],
    types: ['activities'],
    not: [temporalNodeSide, drivers, zod, http],
    pure: true,
  },
  activities: {
    may: ['contracts', 'domain', 'lib', 'observability'],
    not: ['^@temporalio/(worker|workflow|client)$', drivers, http],
  },
  adapters: {
    may: ['contracts', 'domain', 'lib', 'observability'],
    types: ['workflows'],
    not: ['^@temporalio/(worker|workflow)$', http],
  },
  api: { may: ['contracts', 'domain', 'lib', 'observability'], not: [temporal, drivers] },
  config: { may: ['contracts', 'lib'], not: [temporal, drivers, http] },
  observability: { may: ['contracts', 'lib'], not: [drivers, http] },
  'contracts/temporal': { may: [], not: [temporalNodeSide, drivers, zod, http], pure: true },
};
const tops = Object.keys(layers).filter((name) => !name.includes('/'));

function borders(name, { may, types = [], not, pure = false, clockless = false }) {
  const up = (list, more) => ({ regex: `^(\\.\\./)+(${list.join('|')})(/|$)`, ...more });
  const own = name.split('/')[0];
  const closed = tops.filter((top) => top !== own && !may.includes(top) && !types.includes(top));
  const noSchemaValues = pure && name !== 'contracts';
  return {
    files: [`src/${name}/**/*.ts`],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: pure ? nodeBuiltins.map((builtin) => ({ name: builtin, message: `No Node in src/${name}.` })) : [],
          patterns: [
            up(closed, { message: `src/${name} may not import this layer.` }),
            ...(types.length ? [up(types, { allowTypeImports: true, message: 'Types only.' })] : []),
            ...(noSchemaValues
              ? [{ regex: '\\.schema$', allowTypeImports: true, message: 'Types only: zod stays out of the bundle.' }]
              : []),
            ...not.map((regex) => ({ regex, allowTypeImports: name !== 'domain', message: `Not in src/${name}.` })),
          ],
        },
      ],
      ...(pure && {
        'no-restricted-globals': [
          'error',
          'process',
          'Buffer',
          'setInterval',
          'queueMicrotask',
          'structuredClone',
          'fetch',
          'crypto',
          'performance',
        ],
      }),
      ...(clockless && {
        'no-restricted-syntax': [
          'error',
          { selector: "MemberExpression[object.name='Date'][property.name='now']", message: 'Pass the time in.' },
          { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Pass the time in.' },
          { selector: "MemberExpression[object.name='Math'][property.name='random']", message: 'Pass randomness in.' },
        ],
      }),
    },
  };
}

export default tseslint.config(
  {
    ignores: ['dist/**', 'node_modules/**', 'test/clients/**', 'coverage/**', 'src/adapters/*/wasm/**', '.perijove/**'],
  },
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.strict],
    languageOptions: { parser: tseslint.parser, parserOptions: { projectService: true } },
    plugins: { 'import-x': importX.default },
    settings: {
      'import-x/extensions': ['.ts'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
      'import-x/resolver-next': [importX.createNodeResolver({ extensions: ['.ts'] })],
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'import-x/no-cycle': 'error',
      'import-x/no-default-export': 'error',
      eqeqeq: 'error',
      'max-lines': ['warn', { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  // Jest wants the default export of a global set-up.
  { files: ['test/support/{start,stop}-product.ts'], rules: { 'import-x/no-default-export': 'off' } },
  { files: ['src/**/*.ts'], rules: { 'no-console': 'error' } },
  { files: ['src/worker.ts', 'src/server.ts'], rules: { 'no-console': 'off' } },
  // Outer folders first: in a flat config the last matching block sets the rule.
  ...Object.entries(layers).map(([name, layer]) => borders(name, layer)),
);
