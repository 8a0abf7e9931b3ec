import { queryCases } from '../../../bench/query/cases';
import { entityAt, keyOf } from '../../../bench/query/graph';
import { j1qlOf, questionAt, type Answer, type Question } from '../../../bench/query/questions';
import { Truth } from '../../../bench/query/truth';
import { planQuery } from '../../../src/domain/query/plan/plan-query';

const size = { entities: 10_000, hubEvery: 0 };

describe('The questions of the query bench', () => {
  it.each(queryCases.map(({ name, shape }) => [name, shape] as const))('%s is J1QL', (_name, shape) => {
    const text = j1qlOf(questionAt(size, shape, 3));
    if (shape.kind === 'allCounts' || shape.kind === 'byId') expect(text).toBeUndefined();
    else expect(() => planQuery(text ?? '', { now: 0 })).not.toThrow();
  });

  it('ask about another key each time, the same in every process', () => {
    const keys = Array.from({ length: 100 }, (_, number) => questionAt(size, { kind: 'byKey' }, number));
    expect(new Set(keys.map((question) => JSON.stringify(question))).size).toBeGreaterThan(90);
    expect(questionAt(size, { kind: 'byKey' }, 7)).toEqual(keys[7]);
  });
});

describe('Truth', () => {
  const truth = new Truth(size);
  const byKey: Question = { kind: 'byKey', key: keyOf(5) };
  const { name, _type, score } = entityAt(5);

  it('accepts what is right', () => {
    expect(() => {
      truth.check('some side', byKey, [[name, _type, score]]);
    }).not.toThrow();
  });

  it.each<[string, Question, Answer]>([
    ['a value that differs', byKey, [[name, _type, score + 1]]],
    [
      'a row too many',
      byKey,
      [
        [name, _type, score],
        [name, _type, score],
      ],
    ],
    ['a count that is off by one', { kind: 'countClass' }, [[1]]],
    ['fewer hosts than there are', { kind: 'hasLimit' }, [[keyOf(0)]]],
    ['hosts that have no data store', { kind: 'hasLimit' }, Array.from({ length: 250 }, (_, i) => [keyOf(i)])],
  ])('refuses %s', (_what, question, answer) => {
    expect(() => {
      truth.check('some side', question, answer);
    }).toThrow('some side');
  });

  it('counts each host once, with a data store or without', () => {
    const refusal = (question: Question): string => {
      try {
        truth.check('x', question, []);
      } catch (err) {
        return String(err);
      }
      return '';
    };
    const numberIn = (question: Question): number => Number(/such as \[\[(\d+)\]\]$/.exec(refusal(question))?.[1]);
    expect(numberIn({ kind: 'hasCount' }) + numberIn({ kind: 'absent' })).toBe(numberIn({ kind: 'countClass' }));
  });
});
