import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkQuery } from '../../../src/domain/query/check-query';
import { functions } from '../../../src/domain/query/functions';
import { queryLimits } from '../../../src/domain/query/limits';
import { comparisonOperators } from '../../../src/domain/query/syntax/ast';

const text = readFileSync(join(__dirname, '../../../docs/j1ql.md'), 'utf8');

describe('docs/j1ql.md', () => {
  it('shows queries that are valid', () => {
    const queries = [...text.matchAll(/```sql\n([^`]*)```/g)].map(([, query]) => query ?? '');
    expect(queries.length).toBeGreaterThan(0);
    for (const query of queries) expect(() => checkQuery(query)).not.toThrow();
  });

  it('shows the error that a query has', () => {
    const [, start = '', frame = ''] = /```text\n(Error.*) …\n\n(>[^`]*)```/.exec(text) ?? [];
    const query = /> 1 \| (.*)/.exec(frame)?.[1] ?? '';
    let message = '';
    try {
      checkQuery(query);
    } catch (err) {
      message = (err as Error).message;
    }
    expect(start.length).toBeGreaterThan(50);
    expect(message.startsWith(start)).toBe(true);
    expect(message.endsWith(frame.trimEnd())).toBe(true);
  });

  it('names every operator, function and limit', () => {
    for (const operator of comparisonOperators) expect(text).toContain(`\`${operator}\``);
    for (const name of Object.keys(functions)) expect(text).toContain(name.toUpperCase());
    for (const limit of Object.values(queryLimits)) expect(text).toContain(limit.toLocaleString('en'));
  });
});
