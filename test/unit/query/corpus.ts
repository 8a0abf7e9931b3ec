import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One of 1,199 public J1QL queries, and whether JupiterOne takes it. */
interface CorpusQuery {
  readonly query: string;
  readonly valid: boolean;
}

const rows = readFileSync(join(__dirname, 'j1ql-queries.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as CorpusQuery);

export const validQueries: readonly string[] = rows.filter(({ valid }) => valid).map(({ query }) => query);
export const invalidQueries: readonly string[] = rows.filter(({ valid }) => !valid).map(({ query }) => query);
