import { engineRows } from '../../support/query/ask-engine';
import { entity, relationship, type Graph } from '../../support/query/graph';
import { evaluate } from '../../support/query/evaluate';
import { validQueries } from './corpus';

const now = Date.parse('2024-05-01T12:00:00Z');

/** A value for each variable that a query names. */
const variablesOf = (text: string): Readonly<Record<string, unknown>> =>
  Object.fromEntries([...text.matchAll(/\$\{\s*(?:param\.)?(\w+)\s*\}/g)].map(([, name]) => [name, 'x']));

/** One entity of each class and type that a query names, each related to each by each of its verbs. */
function graphFor(text: string): Graph {
  const names = [...new Set(text.replaceAll(/'[^']*'|"[^"]*"/g, '').match(/\b[a-z]+_\w+|\b[A-Z][a-zA-Z]+\b/g) ?? [])];
  const verbs = new Set(['HAS', ...names.filter((name) => name === name.toUpperCase()).slice(0, 2)]);
  const entities = names
    .slice(0, 4)
    .map((name, at) => entity(`e${at}`, name, [name, 'Host'], { name: `name ${at}`, active: true, total: at }));
  const relationships = entities.flatMap(({ id: from }) =>
    entities.flatMap(({ id: to }) => [...verbs].map((verb) => relationship(from, verb, to, { total: 1 }))),
  );
  return { entities, relationships };
}

describe('the corpus', () => {
  it('runs, with as many rows as by the reference where that is feasible', async () => {
    let withRows = 0;
    for (const text of validQueries) {
      const options = { now, variables: variablesOf(text) };
      const hops = (text.match(/\bthat\b/gi) ?? []).length;
      const graph = hops > 3 ? { entities: graphFor(text).entities, relationships: [] } : graphFor(text);
      const rows = await engineRows(text, graph, options);
      withRows += rows.length > 0 ? 1 : 0;
      if (hops > 2) continue;
      const answer = evaluate(text, graph, options);
      const expected =
        answer.kind === 'list' ? answer.entities.length : answer.kind === 'table' ? answer.rows.length : 1;
      expect({ text, rows: rows.length }).toEqual({ text, rows: expected });
    }
    expect(withRows).toBeGreaterThan(300);
  });
});
