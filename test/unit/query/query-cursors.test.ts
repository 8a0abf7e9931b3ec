import { createSeal } from '../../../src/adapters/seal';
import { QueryCursors, questionOf, type QueryCursor } from '../../../src/domain/query/query-cursors';

const seal = createSeal(Buffer.alloc(32, 7));
const cursors = new QueryCursors(seal, 'demo');
const cursor: QueryCursor = { kind: 'offset', time: '7-1', now: 5, offset: 250 };
const digest = (text: string) => text;

describe('cursors of queries', () => {
  it('lead back to where they were made', () => {
    expect(cursors.read(cursors.write(cursor, 'q'), 'q')).toEqual(cursor);
  });

  it.each([
    ['another question', (text: string) => cursors.read(text, 'other')],
    ['another account', (text: string) => new QueryCursors(seal, 'evil').read(text, 'q')],
    ['another installation', (text: string) => new QueryCursors(createSeal(Buffer.alloc(32)), 'demo').read(text, 'q')],
    ['a changed body', (text: string) => cursors.read(`A${text.slice(1)}`, 'q')],
    [
      'a changed signature',
      (text: string) => cursors.read(`${text.slice(0, -2)}${text.endsWith('A') ? 'BB' : 'AA'}`, 'q'),
    ],
    ['a signature that is cut', (text: string) => cursors.read(text.slice(0, -1), 'q')],
    ['no signature', (text: string) => cursors.read(text.split('.')[0] ?? '', 'q')],
    ['text of another kind', () => cursors.read('1', 'q')],
    ['a signature alone', () => cursors.read('.', 'q')],
  ])('are refused with %s', (_what, read) => {
    expect(() => read(cursors.write(cursor, 'q'))).toThrow(expect.objectContaining({ code: 'CURSOR_INVALID' }));
  });

  it('belong to a question whatever the order of its variables', () => {
    const variables = (given: Record<string, unknown>) => questionOf({ query: 'FIND User', variables: given }, digest);
    expect(variables({ a: 1, b: 2 })).toBe(variables({ b: 2, a: 1 }));
    expect(variables({ a: 1 })).not.toBe(variables({ a: 2 }));
    expect(questionOf({ query: 'FIND User' }, digest)).toBe(
      questionOf({ query: 'FIND User', variables: {}, includeDeleted: false, cursor: 'x' }, digest),
    );
  });
});
