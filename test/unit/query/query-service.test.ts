import { ErrorCode } from '../../../src/contracts/error-code';
import { DomainError } from '../../../src/domain/errors';
import type { QueryPage, QueryRequest } from '../../../src/domain/query/queries';
import type { QueryService, QueryServiceDependencies } from '../../../src/domain/query/query-service';
import type { GraphReader } from '../../../src/domain/query/run/graph-reader';
import { Gate } from '../../../src/lib/gate';
import { entity, relationship } from '../../support/query/graph';
import { MemoryGraphReader } from '../../support/query/memory-graph-reader';
import { graph, idOf, service, users } from '../../support/query/user-queries';

async function allPages(queries: QueryService, request: QueryRequest): Promise<readonly QueryPage[]> {
  const pages = [await queries.page(request)];
  for (let cursor = pages[0]?.cursor; cursor; cursor = pages.at(-1)?.cursor) {
    pages.push(await queries.page({ ...request, cursor }));
  }
  return pages;
}

const rowsOf = (pages: readonly QueryPage[]): readonly unknown[] =>
  pages.flatMap(({ data }) => data as readonly unknown[]);
const sizesOf = (pages: readonly QueryPage[]) => pages.map(({ data }) => (data as readonly unknown[]).length);

describe('pages of an answer', () => {
  it.each([
    ['a list', 'FIND User', [250, 250, 100]],
    ['a list of just one page', 'FIND User LIMIT 250', [250]],
    ['a limit over a page', 'FIND User LIMIT 251', [250, 1]],
    [
      'rows of one start on two pages',
      'FIND User AS u THAT HAS Device AS d RETURN u.number, d.serial',
      [...Array(7).fill(250), 50],
    ],
    ['rows in order', 'FIND User AS u RETURN u.number ORDER BY u.number DESC', [250, 250, 100]],
    ['groups', 'FIND User AS u RETURN u.team, COUNT(u) AS n', [250, 50]],
    ['no rows', 'FIND Person', [0]],
  ])('of %s have 250 rows, none twice and none missed', async (_what, query, sizes) => {
    const pages = await allPages(service(), { query });
    expect(sizesOf(pages)).toEqual(sizes);
    expect(new Set(rowsOf(pages).map((row) => JSON.stringify(row))).size).toBe(rowsOf(pages).length);
  });

  it('are the same whether they were kept or are computed again', async () => {
    const request = { query: 'FIND User AS u RETURN u.number ORDER BY u.number' };
    const forgetful = service({ pages: { get: () => undefined, set: () => undefined } });
    const [kept, computed] = [await allPages(service(), request), await allPages(forgetful, request)];
    expect(rowsOf(kept)).toEqual(rowsOf(computed));
    expect(rowsOf(kept)).toEqual(users.map(({ properties }) => ({ 'u.number': properties['number'] })));
    expect(kept.map(({ totalCount }) => totalCount)).toEqual([600, 600, 600]);
    expect(computed.map(({ totalCount }) => totalCount)).toEqual([600, 600, 600]);
  });

  it('of many rows of one start are read ahead, so that it is not walked for each of them', async () => {
    const host = entity(idOf(9999), 'laptop', ['Device'], {});
    const many = Array.from({ length: 3100 }, (_, n) => entity(idOf(n), 'okta_user', ['User'], { number: n }));
    const has = many.map(({ id }, n) => relationship(host.id, 'HAS', id, {}, idOf(10_000 + n)));
    const reader = new MemoryGraphReader({ entities: [host, ...many], relationships: has });
    let reads = 0;
    const counting: GraphReader = {
      open: async (request) => {
        reads += 1;
        return await reader.open(request);
      },
    };
    const request = { query: 'FIND Device AS d THAT HAS User AS u RETURN u.number' };
    const ahead = await allPages(service({ graph: counting }), request);
    expect(sizesOf(ahead)).toEqual([...Array<number>(12).fill(250), 100]);
    expect(reads).toBe(4);
    const forgetful = service({ graph: counting, pages: { get: () => undefined, set: () => undefined } });
    const one = await allPages(forgetful, request);
    expect(rowsOf(ahead)).toEqual(rowsOf(one));
    expect(ahead.map(({ cursor }) => cursor?.length)).toEqual(one.map(({ cursor }) => cursor?.length));
    expect(new Set(rowsOf(ahead).map((row) => JSON.stringify(row))).size).toBe(3100);
  });

  it('are kept for one account and its policies alone', async () => {
    const kept = new Map<string, readonly string[]>();
    const pages = {
      get: (key: string) => kept.get(key),
      set: (key: string, texts: readonly string[]) => void kept.set(key, texts),
    };
    const request = { query: 'FIND User AS u RETURN u.number ORDER BY u.number' };
    const rowsFor = async (given: Partial<QueryServiceDependencies>) =>
      rowsOf(await allPages(service({ pages, ...given }), request));
    expect(await rowsFor({})).toHaveLength(600);
    // Memory has one time for all: whatever were shared would be found.
    expect(
      await rowsFor({ account: 'other', graph: new MemoryGraphReader({ ...graph, entities: users.slice(0, 300) }) }),
    ).toHaveLength(300);
    expect(await rowsFor({ policies: [[{ team: Array.from({ length: 150 }, (_, i) => i) }]] })).toHaveLength(300);
    expect(kept.size).toBe(3);
  });

  it('keep the time that the first one was asked at', async () => {
    let now = Date.UTC(2026, 0, 1);
    const queries = service({ now: () => now });
    const request = { query: 'FIND User WITH number < date.now AS u RETURN u.number' };
    const first = await queries.page(request);
    now = 0;
    const second = await queries.page({ ...request, cursor: first.cursor ?? '' });
    expect(sizesOf([first, second])).toEqual([250, 250]);
  });

  it('of a tree are one', async () => {
    const page = await service().page({
      query: 'FIND Device WITH serial = "s0" THAT HAS User WITH number < 2 RETURN TREE',
    });
    expect(page).toMatchObject({ type: 'tree', cursor: null });
    expect(page.data).toMatchObject({ vertices: { length: 3 }, edges: { length: 2 } });
  });

  it.each([
    ['another query', { query: 'FIND Device' }],
    ['other variables', { query: 'FIND User', variables: { a: 1 } }],
    ['deleted objects', { query: 'FIND User', includeDeleted: true }],
  ])('are not given for the cursor of %s', async (_what, other) => {
    const { cursor } = await service().page({ query: 'FIND User' });
    await expect(service().page({ ...other, cursor: cursor ?? '' })).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
    await expect(service().defer({ ...other, cursor: cursor ?? '' })).rejects.toMatchObject({ code: 'CURSOR_INVALID' });
  });
});

describe('what a request may see', () => {
  it('is narrowed by its scope filters, in every node', async () => {
    const scopeFilters = [{ _class: 'User', number: [1, 2] }, { serial: 's1' }];
    const page = await service().page({
      query: 'FIND User AS u THAT HAS Device AS d RETURN u.number, d.serial',
      scopeFilters,
    });
    expect(page.data).toHaveLength(2);
    expect(page.data).toEqual(expect.arrayContaining([1, 2].map((n) => ({ 'u.number': n, 'd.serial': 's1' }))));
  });

  it('is what the policies of the caller allow', async () => {
    const restricted = service({ policies: [[{ _type: 'okta_user' }]] });
    expect((await restricted.page({ query: 'FIND Device' })).data).toEqual([]);
    expect((await restricted.page({ query: 'FIND User THAT HAS Device' })).data).toEqual([]);
    expect((await restricted.explain({ query: 'FIND Device WITH serail = 1' })).hints).toEqual([]);
  });

  it.each([
    ['no array', { _class: 'User' }, 'scopeFilters must be an array of objects.'],
    ['no objects', ['User'], 'scopeFilters[0] must be an object of property names and values.'],
    [
      'values that are objects',
      [{ a: {} }],
      'scopeFilters[0].a must be a string, a number, a boolean or an array of these.',
    ],
  ])('is not guessed from filters that are %s', async (_what, scopeFilters, message) => {
    await expect(service().page({ query: 'FIND User', scopeFilters })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
      message,
    });
  });
});

describe('a query that goes on too long', () => {
  const endless: GraphReader = {
    open: async ({ signal }) =>
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
  };

  it('ends with a sentence, while it runs and while it waits', async () => {
    const gate = new Gate(1);
    const queries = service({ graph: endless, gate, limits: { timeoutMs: 20, maxBytes: 1e6 } });
    const both = [queries.page({ query: 'FIND User' }), queries.page({ query: 'FIND User' })];
    for (const each of both) await expect(each).rejects.toMatchObject({ code: 'QUERY_TIMEOUT' });
    await expect(service({ gate }).page({ query: 'FIND Device' })).resolves.toMatchObject({ type: 'list' });
  });

  it('ends when its caller has gone', async () => {
    const caller = new AbortController();
    const running = service({ graph: endless }).page({ query: 'FIND User' }, caller.signal);
    caller.abort(new Error('gone'));
    await expect(running).rejects.toThrow('gone');
  });

  it('or takes too much memory ends with a sentence', async () => {
    const queries = service({ limits: { timeoutMs: 5000, maxBytes: 10_000 } });
    await expect(queries.page({ query: 'FIND User ORDER BY User.number' })).rejects.toMatchObject({
      code: 'QUERY_TOO_LARGE',
    });
  });
});

describe('a database that was away for a moment', () => {
  const failing = (times: number): GraphReader => {
    const reader = new MemoryGraphReader(graph);
    return {
      open: async (request) => {
        if (times-- > 0) throw new DomainError(ErrorCode.unavailable, 'away');
        return await reader.open(request);
      },
    };
  };

  it('is asked once more', async () => {
    await expect(service({ graph: failing(1) }).page({ query: 'FIND Device' })).resolves.toMatchObject({
      type: 'list',
    });
  });

  it('is an error in the end, and at once where a cursor ties the page to a point in time', async () => {
    await expect(service({ graph: failing(2) }).page({ query: 'FIND Device' })).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
    });
    const { cursor } = await service().page({ query: 'FIND User' });
    const page = service({ graph: failing(1) }).page({ query: 'FIND User', cursor: cursor ?? '' });
    await expect(page).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });
});

describe('a dry run', () => {
  it('reads nothing', async () => {
    const graph = {
      open: () => {
        throw new Error('read');
      },
    };
    const page = await service({ graph }).page({ query: 'FIND User RETURN User.name', dryRun: true });
    expect(page).toEqual({ type: 'table', data: [], cursor: null, totalCount: null });
  });
});

describe('explain', () => {
  it('says what was read for the first page', async () => {
    const explained = await service().explain({ query: 'find User with number<2 that has Device' });
    expect(explained).toMatchObject({
      query: 'FIND User WITH number < 2 THAT has Device',
      rows: 2,
      isStreamed: true,
      hints: [],
    });
    expect(explained.reads.map(({ read, calls }) => [read, calls])).toEqual([
      ['entities', expect.any(Number)],
      ['relationships', expect.any(Number)],
      ['entitiesById', expect.any(Number)],
    ]);
  });

  it.each([
    ['FIND Usr', 'No entity has the class "Usr"; did you mean "User"?'],
    ['FIND okta_usr', 'No entity has the type "okta_usr"; did you mean "okta_user"?'],
    ['FIND User THAT HAS Divice', 'No entity has the class "Divice"; did you mean "Device"?'],
    ['FIND Gadget', 'No entity has the class "Gadget".'],
    ['FIND User WITH nubmer = 1', 'None of these entities has the property "nubmer"; did you mean "number"?'],
    ['FIND (User|Device) WITH serial = "s0"', undefined],
  ])('hints at names in %s that nothing has', async (query, hint) => {
    expect((await service().explain({ query })).hints).toEqual(hint === undefined ? [] : [hint]);
  });
});
