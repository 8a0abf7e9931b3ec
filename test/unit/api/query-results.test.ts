import { randomUUID } from 'node:crypto';
import { ErrorCode } from '../../../src/contracts/error-code';
import { DomainError } from '../../../src/domain/errors';
import { writePages, type PageLimits } from '../../../src/domain/query/write-pages';
import { memoryDeferredResults } from '../../support/memory/memory-deferred-results';
import { buildTestApp, otherCredentials, type TestApp } from './build-test-app';

const question = 'digest';

/** What a workflow does once a query is deferred. */
async function answer(
  { tenants }: TestApp,
  rows: readonly unknown[],
  limits?: PageLimits,
  type: 'list' | 'tree' = 'list',
) {
  const { deferred } = tenants;
  const result = deferred.started.at(-1);
  if (!result) throw new Error('nothing was deferred');
  async function* batches() {
    yield await Promise.resolve(rows);
  }
  const place = { id: result.id, attempt: 'a.1' };
  const content = deferred.contentOf(result.account);
  const summary = await writePages({ type, batches: batches() }, { content, place, ...(limits && { limits }) });
  const now = Date.now();
  await deferred.storeOf(result.account).complete(result.id, { content: summary, now, expiresAt: now + 60_000 });
}

const defer = async ({ tenants }: TestApp, account = 'acme') =>
  await tenants.deferred
    .of(account)
    .start({ request: { query: 'FIND Host' }, format: 'json', question, from: undefined });

describe('the state document', () => {
  let test: TestApp;
  beforeEach(() => {
    test = buildTestApp();
  });
  const get = async (url: string, headers: Record<string, string> = {}) => await test.app.inject({ url, headers });

  it('is there at once, for everyone who has its URL', async () => {
    const { statePath, correlationId } = await defer(test);
    for (const headers of [
      {},
      { authorization: 'Bearer wrong' },
      { authorization: 'Basic eA==', 'jupiterone-account': 'x' },
    ]) {
      const response = await get(statePath, headers);
      expect(response.statusCode).toBe(200);
      expect(response.headers['content-type']).toMatch(/^application\/json/);
      expect(response.headers['cache-control']).toBe('no-store');
      expect(response.json()).toEqual({ status: 'IN_PROGRESS', correlationId });
    }
  });

  it('has rows, their number and a URL when the query is done, and no cursor on the only page', async () => {
    const { statePath, correlationId } = await defer(test);
    await answer(test, [{ id: '1' }, { id: 'ä' }]);
    const response = await get(statePath, { host: 'assets.example.com', 'x-forwarded-proto': 'https' });
    const url = `https://assets.example.com${statePath.replace('/state', '/results')}/0`;
    expect(response.headers['content-type']).toMatch(/^application\/json/);
    expect(response.payload).toBe(
      `{"status":"COMPLETED","correlationId":"${correlationId}","type":"list","totalCount":2,"url":"${url}","data":[{"id":"1"},{"id":"ä"}]}`,
    );
    expect((await get(`${statePath.replace('/state', '/results')}/0`)).json()).toEqual({
      type: 'list',
      totalCount: 2,
      data: [{ id: '1' }, { id: 'ä' }],
    });
  });

  it('leads from page to page by cursors that go on in the same result', async () => {
    const { statePath } = await defer(test);
    await answer(test, [1, 2, 3, 4, 5], { rows: 2, bytes: 100 });
    const { deferred } = test.tenants;
    const rows: unknown[] = [];
    let path: string | undefined = statePath;
    for (let page = 0; path !== undefined; page++) {
      const document = (await get(path)).json<{ data: unknown[]; cursor?: string; totalCount: number }>();
      const results = (await get(path.replace('/state', '/results') + (page === 0 ? '/0' : ''))).json<object>();
      expect(results).toMatchObject({ data: document.data, totalCount: 5 });
      expect('cursor' in document).toBe(page < 2);
      rows.push(...document.data);
      if (document.cursor === undefined) break;
      const cursor = deferred.cursorsOf('acme').read(document.cursor, question);
      if (cursor.kind !== 'result') throw new Error('the cursor leads elsewhere');
      const inline = await deferred.of('acme').page(cursor, question);
      path = (await deferred.of('acme').statePath(cursor)).statePath;
      const next = (await get(path)).json<{ data: unknown[]; cursor?: string }>();
      expect(inline).toEqual({ type: 'list', data: next.data, totalCount: 5, cursor: next.cursor ?? null });
    }
    expect(rows).toEqual([1, 2, 3, 4, 5]);
    expect((await get(`${statePath}/3`)).statusCode).toBe(404);
  });

  it('of a tree has one object and no total', async () => {
    const { statePath } = await defer(test);
    const tree = { vertices: [{ id: '1' }], edges: [] };
    await answer(test, [tree], undefined, 'tree');
    const document = (await get(statePath)).json<object>();
    expect(document).toMatchObject({ status: 'COMPLETED', type: 'tree', data: tree });
    expect(document).not.toHaveProperty('totalCount');
    expect(document).not.toHaveProperty('cursor');
  });

  it('says why there is no result', async () => {
    const { statePath, correlationId } = await defer(test);
    const { deferred } = test.tenants;
    const now = Date.now();
    await deferred.storeOf('acme').fail(correlationId, { error: 'Too much.', now, expiresAt: now + 60_000 });
    for (const path of [statePath, `${statePath}/7`, `${statePath.replace('/state', '/results')}/0`]) {
      const response = await get(path);
      expect(response.statusCode).toBe(200);
      expect(response.json()).toEqual({ status: 'FAILED', correlationId, error: 'Too much.' });
    }
    const cursor = { kind: 'result', result: correlationId, page: 1 } as const;
    await expect(deferred.of('acme').page(cursor, question)).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
  });

  it('does not say that a query runs when its time is over and nobody has ended it', async () => {
    const clock = { now: Date.now() };
    const deferred = memoryDeferredResults({ now: () => clock.now });
    const { statePath } = await deferred
      .of('acme')
      .start({ request: { query: 'FIND Host' }, format: 'json', question, from: undefined });
    const token = statePath.split('/')[2] ?? '';
    const open = async () => (await deferred.documents.open({ token, page: 0, form: 'state', baseUrl: '' })).head;
    clock.now += 60_000;
    expect(JSON.parse(await open())).toMatchObject({ status: 'IN_PROGRESS' });
    clock.now += 16_000;
    expect(JSON.parse(await open())).toMatchObject({
      status: 'FAILED',
      error: expect.stringMatching(/^It was not done within 60 s/) as string,
    });
  });

  it('asks pollers to come again while a component is away', async () => {
    const { tenants } = test;
    const { statePath, correlationId } = await defer(test);
    await answer(test, [1]);
    const away = () => Promise.reject(new DomainError(ErrorCode.unavailable, 'away'));
    const spy = jest.spyOn(tenants.deferred.blobs, 'open').mockImplementation(away);
    expect((await get(statePath)).json()).toEqual({ status: 'IN_PROGRESS', correlationId });
    spy.mockRestore();
    expect((await get(statePath)).json()).toMatchObject({ status: 'COMPLETED', data: [1] });
  });

  it('is a 404 in the envelope once it has expired, and for any token that is none', async () => {
    const { statePath, correlationId } = await defer(test);
    const now = Date.now();
    await test.tenants.deferred.storeOf('acme').fail(correlationId, { error: 'x', now, expiresAt: now - 1 });
    const token = statePath.split('/')[2] ?? '';
    const wrong = [
      statePath,
      `/query-results/${token.slice(0, -1)}x/state`,
      `/query-results/${'A'.repeat(44)}/state`,
      `/query-results/${correlationId}/state`,
      `/query-results/${token}/state/-1`,
      `/query-results/${token}/state/one`,
      `/query-results/${encodeURIComponent('../../x')}/state`,
    ];
    for (const url of wrong) {
      const response = await get(url);
      expect([url, response.statusCode]).toEqual([url, 404]);
      expect(response.json()).toMatchObject({ error: { code: 'NOT_FOUND' } });
    }
    await expect(
      test.tenants.deferred.of('acme').statePath({ kind: 'result', result: correlationId, page: 0 }),
    ).rejects.toMatchObject({ code: 'CURSOR_EXPIRED' });
  });

  it('leaves no token in the log', async () => {
    const { statePath } = await defer(test);
    await answer(test, [1]);
    await get(statePath);
    await get(`${statePath}/5`);
    const token = statePath.split('/')[2] ?? '';
    expect(test.log.length).toBeGreaterThanOrEqual(2);
    expect(JSON.stringify(test.log)).not.toContain(token);
  });
});

describe('GET /j1ql/results/:id', () => {
  it('tells callers of the account where the state document is, and nobody else', async () => {
    const test = buildTestApp();
    const { statePath, correlationId } = await defer(test);
    const found = await test.call({ url: `/j1ql/results/${correlationId}`, headers: { host: 'h:1' } });
    expect(found.json()).toEqual({ url: `http://h:1${statePath}` });
    for (const [url, headers, status] of [
      [`/j1ql/results/${correlationId}`, otherCredentials, 404],
      [`/j1ql/results/${randomUUID()}`, {}, 404],
      ['/j1ql/results/x', {}, 404],
    ] as const) {
      expect((await test.call({ url, headers })).statusCode).toBe(status);
    }
    expect((await test.app.inject({ url: `/j1ql/results/${correlationId}` })).statusCode).toBe(401);
  });
});
