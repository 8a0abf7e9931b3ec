import type { ResultState } from '../../../src/contracts/temporal/query-result';
import { describeResult } from '../../../src/workflows/support/result-details';

const { format, ...before }: ResultState = {
  resultId: 'r-1',
  account: 'demo',
  status: 'IN_PROGRESS',
  error: null,
  rows: 12_000,
  pages: 3,
  format: 'json',
  bytes: 4_096,
  deadline: '2026-01-31T12:00:00.000Z',
  readableUntil: null,
  path: '/j1ql/results/r-1',
};
const textOf = (state: ResultState) => describeResult(state, { taskQueue: 'graph-sync' });

describe('what the Web UI says of a result', () => {
  it('names the format', () => {
    const csv: ResultState = { ...before, format: 'csv', pages: 1 };
    expect(textOf(csv)).toContain('as one CSV file');
    expect(textOf({ ...csv, status: 'COMPLETED' })).toContain('- **12,000** rows in one file, 4,096 bytes of CSV\n');
    const json: ResultState = { ...before, format };
    expect(textOf(json)).toContain('page by page');
    expect(textOf({ ...json, status: 'COMPLETED' })).toContain('- **12,000** rows in 3 pages, 4,096 bytes of JSON\n');
  });

  it('takes a state of before there were formats for JSON', () => {
    expect(textOf(before)).toBe(textOf({ ...before, format: 'json' }));
  });
});
