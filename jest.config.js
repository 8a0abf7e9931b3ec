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
  maxWorkers: 2,
  testSequencer: '<rootDir>/test/support/longest-first-sequencer.js',
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/{unit,replay,bundle}/**/*.test.ts'],
    },
    // Each has a product of its own.
    { ...shared, displayName: 'kill', testMatch: ['<rootDir>/test/integration/kill/**/*.test.ts'] },
    {
      ...shared,
      displayName: 'live',
      testMatch: ['<rootDir>/test/{integration,e2e}/**/*.test.ts'],
      testPathIgnorePatterns: [...shared.testPathIgnorePatterns, '<rootDir>/test/integration/kill/'],
      runner: '<rootDir>/test/support/one-by-one-runner.js',
      globalSetup: '<rootDir>/test/support/start-product.ts',
      globalTeardown: '<rootDir>/test/support/stop-product.ts',
    },
  ],
  reporters: ['default', '<rootDir>/test/support/closing-line-reporter.js'],
};
