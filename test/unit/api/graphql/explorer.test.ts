import { createHash } from 'node:crypto';
import { buildTestApp } from '../build-test-app';

const html = 'text/html,application/xhtml+xml,*/*;q=0.8';

describe('the page to try operations in', () => {
  it.each([
    ['/', html],
    ['/graphql', html],
    ['/graphql', '*/*'],
    ['/rules/graphql', html],
    ['/persister/graphql', html],
  ])('is at %s for whoever accepts %s, without credentials', async (url, accept) => {
    const response = await buildTestApp().app.inject({ url, headers: { accept } });
    expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(response.body).toContain('<title>Perijove · GraphQL</title>');
  });

  it('leaves the base URL to programs', async () => {
    const response = await buildTestApp().app.inject({ url: '/', headers: { accept: 'application/json' } });
    expect(response.json()).toMatchObject({ name: 'Perijove', graphql: '/graphql' });
  });

  it('runs nothing but its own script and asks nobody but this API', async () => {
    const { body, headers } = await buildTestApp().app.inject('/graphql');
    const policy = String(headers['content-security-policy']);
    for (const element of ['script', 'style']) {
      const all = [...body.matchAll(new RegExp(`<${element}>(.*?)</${element}>`, 'gs'))];
      expect(all).toHaveLength(1);
      const hash = createHash('sha256')
        .update(all[0]?.[1] ?? '')
        .digest('base64');
      expect(policy).toContain(`${element}-src 'sha256-${hash}'`);
    }
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'self'");
    expect(body).not.toMatch(/https?:\/\/|\ssrc=|\son\w+=/);
  });
});
