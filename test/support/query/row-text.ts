import type { PlanRun } from '../../../src/domain/query/run/run-plan';

/** Metadata that the database needs and graphs of tests do not have. */
const stored = new Set([
  '_fromEntityId',
  '_toEntityId',
  '_accountId',
  '_source',
  '_scope',
  '_version',
  '_createdOn',
  '_beginOn',
  '_latest',
  '_deleted',
]);

/** The same text of the same row, in whatever order its members are; vertices and edges have no order. */
function textOf(value: unknown, key = ''): string {
  if (Array.isArray(value)) {
    const members = value.map((member) => textOf(member));
    return `[${(key === 'vertices' || key === 'edges' ? members.toSorted() : members).join()}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  const members = Object.entries(value)
    .filter(([name]) => !stored.has(name.replace(/^.*\._/, '_')))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${textOf(member, name)}`).join()}}`;
}

/** The texts of all rows of a run, in their order. */
export async function textsOf(run: PlanRun): Promise<readonly string[]> {
  const rows: string[] = [];
  for await (const batch of run.batches()) for (const row of batch.rows) rows.push(textOf(row));
  return rows;
}
