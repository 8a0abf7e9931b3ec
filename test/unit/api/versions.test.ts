import { entityOfJob } from '../../support/entity-of-job';
import { buildTestApp, otherCredentials, type TestApp } from './build-test-app';

/** An entity of account acme that each of the contents replaced, oldest first. */
async function appWithVersions(contents: readonly object[]): Promise<TestApp & { url: string }> {
  const test = buildTestApp();
  let id = '';
  for (const content of contents) id = await entityOfJob(test.tenants.database, 'acme', content);
  return { ...test, url: `/entities/${id}/versions` };
}

const three = [
  { n: 1, a: true },
  { n: 2, 'tag.x': ['y'] },
  { n: 2, 'tag.x': ['y', 'z'], _class: ['Thing', 'Other'] },
];

describe('versions', () => {
  it('are listed newest first, in pages', async () => {
    const { call, url } = await appWithVersions(three);
    const seen: number[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query = `limit=2${cursor && `&cursor=${cursor}`}`;
      const page: { versions: { _version: number }[]; endCursor: string | null } = (
        await call({ url: `${url}?${query}` })
      ).json();
      seen.push(...page.versions.map(({ _version }) => _version));
      cursor = page.endCursor;
    }
    expect(seen).toEqual([3, 2, 1]);
    expect((await call({ url })).json()).toMatchObject({
      versions: [{ _version: 3, _latest: true, _endOn: null }, { _version: 2, _latest: false }, { _version: 1 }],
      endCursor: null,
    });
  });

  it('are shown in full', async () => {
    const { call, url } = await appWithVersions(three);
    expect((await call({ url: `${url}/1` })).json()).toMatchObject({
      entity: { _key: 'a', _version: 1, n: 1, a: true, _latest: false },
    });
    expect((await call({ url: `${url}/latest` })).json()).toMatchObject({ entity: { _version: 3, _latest: true } });
  });

  it.each([
    ['', { from: 2, to: 3 }],
    ['?to=2', { from: 1, to: 2 }],
    ['?from=1', { from: 1, to: 3 }],
    ['?to=1', { from: 1, to: 1 }],
  ])('are compared: %j', async (query, expected) => {
    const { call, url } = await appWithVersions(three);
    expect((await call({ url: `${url}/diff${query}` })).json()).toMatchObject(expected);
  });

  it('are compared property by property', async () => {
    const { call, url } = await appWithVersions(three);
    const compared = (await call({ url: `${url}/diff?from=1&to=3` })).json<{ id: string }>();
    expect(compared).toEqual({
      id: url.split('/')[2],
      from: 1,
      to: 3,
      added: { 'tag.x': ['y', 'z'] },
      removed: { a: true },
      changed: { n: { from: 1, to: 2 }, _class: { from: ['Thing'], to: ['Thing', 'Other'] } },
    });
    const back = (await call({ url: `${url}/diff?from=3&to=1` })).json();
    expect(back).toMatchObject({ added: { a: true }, removed: { 'tag.x': ['y', 'z'] } });
  });

  it.each([
    ['/4', 404],
    ['/0', 400],
    ['/1.5', 400],
    ['/abc', 400],
    ['/diff?from=9', 404],
    ['/diff?from=x', 400],
    ['?cursor=x', 400],
    ['?cursor=-1', 400],
    ['?limit=x', 400],
  ])('refuses %s', async (rest, status) => {
    const { call, url } = await appWithVersions(three);
    const response = await call({ url: `${url}${rest}` });
    const { error } = response.json<{ error: { code: string; message: string } }>();
    expect([response.statusCode, error.code]).toEqual([status, status === 404 ? 'NOT_FOUND' : 'BAD_REQUEST']);
    expect(error.message).toMatch(/no version \d|must be (the number of a version|a number)/);
  });

  it('are of their own account and kind alone', async () => {
    const { call, url } = await appWithVersions(three);
    for (const path of [url, `${url}/1`, `${url}/diff`]) {
      expect((await call({ url: path, headers: otherCredentials })).statusCode).toBe(404);
      expect((await call({ url: path.replace('entities', 'relationships') })).statusCode).toBe(404);
    }
  });
});
