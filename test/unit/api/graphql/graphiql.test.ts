import { buildTestApp } from '../build-test-app';

const html = 'text/html,application/xhtml+xml,*/*;q=0.8';

describe('GraphiQL', () => {
  it.each([
    ['/', html],
    ['/graphql', html],
    ['/graphql', '*/*'],
    ['/rules/graphql', html],
    ['/persister/graphql', html],
  ])('is at %s for whoever accepts %s, without credentials', async (url, accept) => {
    const response = await buildTestApp().app.inject({ url, headers: { accept } });
    expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(response.body).toContain('<title>Perijove · GraphiQL</title>');
  });

  it('leaves the base URL to programs', async () => {
    const response = await buildTestApp().app.inject({ url: '/', headers: { accept: 'application/json' } });
    expect(response.json()).toMatchObject({ name: 'Perijove', graphql: '/graphql' });
  });

  it('runs nothing but what this API serves, and asks nobody but this API', async () => {
    const { body, headers } = await buildTestApp().app.inject('/graphql');
    const policy = String(headers['content-security-policy']).split('; ');
    expect(policy).toEqual(expect.arrayContaining(["default-src 'none'", "script-src 'self'", "connect-src 'self'"]));
    const sources = [...body.matchAll(/\s(?:src|href)="([^"]*)"/g)].map(([, source]) => source);
    expect(sources).toHaveLength(6);
    for (const source of sources) expect(source).toMatch(/^\/graphql\/graphiql\/[\w-]+\.(js|css)$/);
    expect(body).not.toMatch(/https?:\/\/|\son\w+=|<script>/);
  });

  it.each(['..%2Fgraphiql.html', 'graphiql.js.gz', 'constructor'])('has no file %s', async (file) => {
    const response = await buildTestApp().app.inject(`/graphql/graphiql/${file}`);
    expect([response.statusCode, response.json()]).toMatchObject([404, { error: { code: 'NOT_FOUND' } }]);
  });
});
