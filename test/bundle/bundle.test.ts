import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as workflows from '../../src/workflows';

const bundle = join(__dirname, '..', '..', 'dist', 'src', 'workflow-bundle.js');
/** The SDK alone is most of it; every worker holds the bundle once per thread. */
const budgetBytes = 1_900_000;

describe('the workflow bundle', () => {
  it('has exactly the workflow types that are meant to be started', () => {
    expect(Object.keys(workflows)).toEqual(['syncJob']);
  });

  it('stays within its size', () => {
    expect(statSync(bundle).size).toBeLessThan(budgetBytes);
    expect(statSync(bundle).size).toBeGreaterThan(budgetBytes / 2);
  });

  it.each([
    'node_modules/zod/',
    'node_modules/mongodb/',
    'node_modules/fastify/',
    'node_modules/@aws-sdk/',
    'ZodError',
  ])('holds nothing of %s', (text) => {
    // Without its source map, which quotes comments.
    const [code = ''] = readFileSync(bundle, 'utf8').split('//# sourceMappingURL');
    expect(code).toContain('syncJob');
    expect(code.includes(text)).toBe(false);
  });
});
