import { QueryCursors, questionOf } from '../../../src/domain/query/query-cursors';
import { digest, seal, service, started } from '../../support/query/user-queries';

beforeEach(() => {
  started.length = 0;
});

describe('a deferred query', () => {
  it('is checked before it starts, and starts where its cursor leads', async () => {
    await expect(service().defer({ query: 'FIND User wth a = 1' })).rejects.toMatchObject({ code: 'PARSER_ERROR' });
    expect(started).toEqual([]);
    const { cursor } = await service().page({ query: 'FIND User' });
    expect(await service().defer({ query: 'FIND User', cursor: cursor ?? '' })).toEqual({
      statePath: '/state',
      correlationId: 'c',
    });
    expect(started).toEqual([
      expect.objectContaining({ from: expect.objectContaining({ kind: 'position' }) as unknown }),
    ]);
  });
});

describe('a deferred CSV', () => {
  const csvOf = async (query: string, cursor = '') => await service().defer({ query, cursor }, 'csv');

  it('is started with its format, also behind the rows of a cursor', async () => {
    const { cursor } = await service().page({ query: 'FIND User' });
    await csvOf('FIND User');
    await csvOf('FIND User', cursor ?? '');
    expect(started).toEqual([
      expect.objectContaining({ format: 'csv', from: undefined }),
      expect.objectContaining({ format: 'csv', from: expect.objectContaining({ kind: 'position' }) as unknown }),
    ]);
  });

  it('is refused before it starts for a tree and for a page that is stored as JSON', async () => {
    const refused = { name: 'DomainError', code: 'BAD_REQUEST' };
    await expect(csvOf('FIND User THAT HAS Device RETURN TREE')).rejects.toMatchObject(refused);
    const query = 'FIND User';
    const cursors = new QueryCursors(seal, 'demo');
    const stored = cursors.write({ kind: 'result', result: 'r', page: 1 }, questionOf({ query }, digest));
    await expect(csvOf(query, stored)).rejects.toMatchObject(refused);
    await expect(csvOf('FIND User wth a = 1')).rejects.toMatchObject({ code: 'PARSER_ERROR' });
    expect(started).toEqual([]);
  });
});
