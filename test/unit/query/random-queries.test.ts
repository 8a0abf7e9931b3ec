import fc from 'fast-check';
import { checkQuery } from '../../../src/domain/query/check-query';
import { planQuery } from '../../../src/domain/query/plan/plan-query';
import { parseQuery } from '../../../src/domain/query/syntax/parse-query';
import { printQuery } from '../../../src/domain/query/syntax/print';
import { Choices, tapes } from '../../support/query/choices';
import { evaluate, type Answer } from '../../support/query/evaluate';
import { randomGraph } from '../../support/query/random-graph';
import { randomQuery } from '../../support/query/random-query';
import { runPlan } from '../../support/query/run-plan';
import { identityOf } from '../../support/query/values';
import { withoutPlaces } from '../../support/query/without-places';

const numRuns = Number(process.env['J1QL_RUNS'] ?? 2000);
const now = Date.parse('2024-05-31T12:00:00Z');
const variables = { one: 'x', many: ['x', 2, true] };

describe('random queries', () => {
  it('follow all rules and print to the same tree', () => {
    fc.assert(
      fc.property(tapes(200), (tape) => {
        const query = randomQuery(new Choices(tape));
        const text = printQuery(query);
        expect(withoutPlaces(parseQuery(text))).toEqual(withoutPlaces(query));
        checkQuery(text);
      }),
      { numRuns },
    );
  });

  it('have the same answer from their plan as from their tree', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(
        tapes(250),
        tapes(250),
        fc.boolean(),
        fc.boolean(),
        (tape, graphTape, includeDeleted, isRestricted) => {
          const text = printQuery(randomQuery(new Choices(tape)));
          const graph = randomGraph(new Choices(graphTape));
          const policies = isRestricted ? [[{ _class: ['A', 'B'] }, { n: [1, 2], flag: true }]] : [];
          const options = { now, variables, parameters: variables, includeDeleted, policies };
          const expected = summaryOf(evaluate(text, graph, options));
          expect({ text, answer: summaryOf(runPlan(planQuery(text, options), graph)) }).toEqual({
            text,
            answer: expected,
          });
          seen.add(`${expected[0] ?? ''}${expected.length > 2}`);
        },
      ),
      { numRuns },
    );
    // Lists, tables and trees, each with answers of some size.
    expect([...seen]).toEqual(expect.arrayContaining(['listtrue', 'tabletrue', 'treetrue', 'tablefalse']));
  });
});

/** Kind, then what is in it. Equal objects are told apart by their ids alone. */
function summaryOf(answer: Answer): readonly string[] {
  switch (answer.kind) {
    case 'list':
      return ['list', ...answer.entities.map(({ id }) => id)];
    case 'table':
      return ['table', ...answer.rows.map((row) => identityOf(Object.entries(row)))];
    case 'tree':
      return ['tree', ...[...answer.vertices, ...answer.edges].toSorted()];
  }
}
