/** @type {import('jest').Config} */
const shared = {
  testEnvironment: 'node',
  setupFilesAfterEnv: ['<rootDir>/test/support/time-limit.ts'],
  transform: {
    '^.+\\.[tj]s$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2024', keepClassNames: true },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  // cookie is ESM only; mongodb has a dynamic import, which Jest's context cannot do.
  transformIgnorePatterns: ['/node_modules/(?!(cookie|mongodb)/)'],
  testPathIgnorePatterns: ['/node_modules/', '/test/clients/'],
};

/** @type {import('jest').Config} */
module.exports = {
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/test/unit/**/*.test.ts'] },
    {
      ...shared,
      displayName: 'live',
      testMatch: ['<rootDir>/test/{integration,e2e,replay,bundle}/**/*.test.ts'],
      globalSetup: '<rootDir>/test/support/start-product.ts',
      globalTeardown: '<rootDir>/test/support/stop-product.ts',
    },
  ],
  reporters: ['default', '<rootDir>/test/support/closing-line-reporter.js'],
};
