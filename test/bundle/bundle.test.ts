import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as workflows from '../../src/workflows';

const bundleFile = (name: string) => join(__dirname, '..', '..', 'dist', 'src', name);
/** The SDK alone is most of it; every worker holds the bundle once per thread. */
const budgetBytes = 1_900_000;

describe('the workflow types', () => {
  it('are exactly those that are meant to be started', () => {
    expect(Object.keys(workflows)).toEqual(['csvReport', 'deferredQuery', 'syncJob']);
  });
});

describe.each(['workflow-bundle.js', 'workflow-bundle-traced.js'])('%s', (name) => {
  const bundle = bundleFile(name);

  it('stays within its size', () => {
    expect(statSync(bundle).size).toBeLessThan(budgetBytes);
    expect(statSync(bundle).size).toBeGreaterThan(budgetBytes / 2);
  });

  it.each([
    'node_modules/zod/',
    'node_modules/mongodb/',
    'node_modules/fastify/',
    'node_modules/@aws-sdk/',
    'node_modules/@opentelemetry/',
    'ZodError',
  ])('holds nothing of %s', (text) => {
    // Without its source map, which quotes comments.
    const [code = ''] = readFileSync(bundle, 'utf8').split('//# sourceMappingURL');
    expect(code).toContain('syncJob');
    expect(code.includes('trace-interceptors')).toBe(name === 'workflow-bundle-traced.js');
    expect(code.includes(text)).toBe(false);
  });
});
