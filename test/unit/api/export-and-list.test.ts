import { buildTestApp, jobs, otherCredentials } from './build-test-app';

interface Page {
  readonly items: { readonly _key: string }[];
  readonly endCursor: string | null;
}

const objects = Array.from({ length: 5000 }, (_, at) => ({ _key: `k${at}`, _deleted: at % 10 === 0 }));

function appWithGraph() {
  const test = buildTestApp();
  test.tenants.setGraph('acme', 'entity', objects);
  return test;
}

describe('export', () => {
  it('pages through everything as the export command does: the cursor goes into the URL as it is', async () => {
    const { call } = appWithGraph();
    const keys: string[] = [];
    let cursor: string | null = null;
    do {
      const url = `/entities?limit=2000&includeDeleted=true${cursor === null ? '' : `&cursor=${cursor}`}`;
      const page: Page = (await call({ url })).json<Page>();
      keys.push(...page.items.map((item) => item._key));
      cursor = page.endCursor;
    } while (cursor);
    expect(keys).toEqual(objects.map((object) => object._key));
  });

  it.each([
    ['limit=62.5', 62],
    ['limit=0.98', 1],
    ['limit=-4', 1],
    ['limit=0', 1000],
    ['limit=', 1000],
    ['', 1000],
    ['limit=1e9', 4000],
    ['limit=7&limit=9', 9],
    ['cursor=&limit=3', 3],
  ])('reads %j as %i objects', async (query, count) => {
    const { call } = appWithGraph();
    const page = (await call({ url: `/entities?${query}${query && '&'}includeDeleted=true` })).json<Page>();
    expect(page.items).toHaveLength(count);
  });

  it.each([
    ['', false],
    ['includeDeleted=false', false],
    ['includeDeleted=true', true],
    ['includeDeleted=True', true],
    ['includeDeleted=1', true],
  ])('shows deleted objects only when asked: %j', async (query, shown) => {
    const { call } = appWithGraph();
    const page = (await call({ url: `/entities?${query}` })).json<Page>();
    expect(page.items[0]?._key === 'k0').toBe(shown);
  });

  it('keeps kinds and accounts apart', async () => {
    const { call } = appWithGraph();
    expect((await call({ url: '/relationships' })).json()).toEqual({ items: [], endCursor: null });
    expect((await call({ url: '/entities', headers: otherCredentials })).json()).toEqual({
      items: [],
      endCursor: null,
    });
  });
});

describe('list of jobs', () => {
  it('shows the newest first, filtered, in pages', async () => {
    const { call } = buildTestApp();
    for (const scope of ['a', 'b', 'a', 'a']) {
      await call({ method: 'POST', url: jobs, payload: { source: 'api', scope } });
    }
    const list = async (query: string) =>
      (await call({ url: `${jobs}?${query}` })).json<{
        jobs: { id: string; scope: string }[];
        endCursor: string | null;
      }>();
    const first = await list('scope=a&limit=2');
    const rest = await list(`scope=a&limit=2&cursor=${first.endCursor}`);
    expect([first.jobs.length, rest.jobs.length, rest.endCursor]).toEqual([2, 1, null]);
    expect(new Set([...first.jobs, ...rest.jobs].map(({ id }) => id)).size).toBe(3);
    expect((await list('status=FINISHED')).jobs).toEqual([]);
    expect((await list('source=&scope=&cursor=')).jobs).toHaveLength(4);
  });
});

describe('events', () => {
  it('come back with id and time, and can be read again', async () => {
    const { call, start } = buildTestApp();
    const url = `${jobs}/${await start()}/events`;
    const payload = {
      events: [
        { name: 'step_start', description: 'line 1\nline 2' },
        { name: 'info', description: null },
      ],
    };
    const added = (await call({ method: 'POST', url, payload })).json<{ events: Record<string, unknown>[] }>();
    expect(added.events).toMatchObject([
      {
        name: 'step_start',
        description: 'line 1\nline 2',
        id: expect.any(String) as unknown,
        createDate: expect.any(Number) as unknown,
      },
      { name: 'info', description: '' },
    ]);
    expect((await call({ url })).json()).toEqual(added);
  });

  it('are shortened, not refused, when they are very long', async () => {
    const { call, start } = buildTestApp();
    const payload = { events: [{ name: 'info', description: `\ud800${'x'.repeat(100_000)}` }] };
    const response = await call({ method: 'POST', url: `${jobs}/${await start()}/events`, payload });
    const [event] = response.json<{ events: { description: string }[] }>().events;
    expect(event?.description).toHaveLength(32_768);
    expect(event?.description.startsWith('\ufffdxxx')).toBe(true);
  });
});

describe('public pages', () => {
  it('tell what this is, without credentials', async () => {
    const { app } = buildTestApp();
    expect((await app.inject('/')).json()).toMatchObject({ name: 'Perijove', documentation: '/openapi.json' });
    expect((await app.inject('/livez')).statusCode).toBe(200);
    expect((await app.inject('/readyz')).json()).toMatchObject({ ready: true });
  });

  it('count requests by route pattern, so that ids and unknown paths make no new series', async () => {
    const { app, call } = buildTestApp();
    await call({ url: `${jobs}/00000000-0000-4000-8000-000000000000` });
    await call({ url: '/made/up/path' });
    const { body } = await app.inject('/metrics');
    expect(body).toContain(`method="GET",route="${jobs}/:id",status="404"} 1`);
    expect(body).toContain('route="unknown",status="404"} 1');
    expect(body).not.toContain('made');
  });

  it('carry the headers of every answer, and let in the named origins only', async () => {
    const { app } = buildTestApp({ corsOrigins: ['https://ui.example'] });
    const known = await app.inject({ url: '/', headers: { origin: 'https://ui.example' } });
    const foreign = await app.inject({ url: '/', headers: { origin: 'https://evil.example' } });
    expect(known.headers).toMatchObject({ 'access-control-allow-origin': 'https://ui.example', vary: 'Origin' });
    expect(foreign.headers).not.toHaveProperty('access-control-allow-origin');
    expect(foreign.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
    const preflight = await app.inject({ method: 'OPTIONS', url: jobs, headers: { origin: 'https://ui.example' } });
    expect(preflight.statusCode).toBe(200);
    expect(preflight.headers['access-control-allow-headers']).toContain('authorization');
  });
});

describe('log', () => {
  it('has one line for a request, with account, job and request id, and no token', async () => {
    const { call, start, log } = buildTestApp();
    const jobId = await start();
    await call({ url: `${jobs}/${jobId}`, headers: { 'jupiterone-correlation-id': 'corr-1' } });
    await new Promise((resolve) => setImmediate(resolve));
    const line = log.find(({ requestId, msg }) => requestId === 'corr-1' && msg === 'request');
    expect(line).toMatchObject({ account: 'acme', jobId, status: 200, method: 'GET', route: `${jobs}/:id` });
    expect(JSON.stringify(log)).not.toContain('secret-token');
  });
});
