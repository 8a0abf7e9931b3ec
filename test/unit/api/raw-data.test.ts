import { gzipSync } from 'node:zlib';
import { entityOfJob } from '../../support/entity-of-job';
import { buildTestApp, otherCredentials, type TestApp } from './build-test-app';

async function appWithEntity(rawData: object = {}): Promise<TestApp & { url: string }> {
  const test = buildTestApp();
  const id = await entityOfJob(test.tenants.database, 'acme', { _rawData: rawData });
  return { ...test, url: `/entities/${id}` };
}

interface Version {
  readonly versionId: string;
  readonly contentType: string;
  readonly contentLength: number;
  readonly deleted: boolean;
}
const plain = { 'content-type': 'text/plain' };
const asJson = { 'content-type': 'application/json' };

describe('raw data', () => {
  it('is listed by entry, in the members that JupiterOne shows', async () => {
    const { call, url } = await appWithEntity({
      exampleEntry: { body: { teamId: 'x' }, contentType: 'application/json' },
    });
    const entry = {
      beginOn: expect.any(Number) as number,
      contentType: 'application/json',
      contentLength: 14,
      createdOn: expect.any(Number) as number,
      deleted: false,
      versionId: expect.any(String) as string,
    };
    expect((await call({ url: `${url}/raw-data` })).json()).toEqual({ entries: { exampleEntry: entry } });
    expect((await call({ url: `${url}/raw-data-versions` })).json()).toEqual({ entries: { exampleEntry: [entry] } });
    const ofEntry = await call({ url: `${url}/raw-data/exampleEntry/versions` });
    expect(ofEntry.json()).toEqual({ versions: [entry] });
    const latest = await call({ url: `${url}/raw-data/exampleEntry/versions/latest` });
    expect([latest.headers['content-type'], latest.body]).toEqual(['application/json', '{"teamId":"x"}']);
  });

  it('is empty where there is none', async () => {
    const { call, url } = await appWithEntity();
    expect((await call({ url: `${url}/raw-data` })).json()).toEqual({ entries: {} });
    expect((await call({ url: `${url}/raw-data-versions` })).json()).toEqual({ entries: {} });
  });

  it('is put, replaced, downloaded by version, and deleted', async () => {
    const { call, url } = await appWithEntity();
    const entry = `${url}/raw-data/page`;
    const put = async (payload: string | Buffer, headers: object) =>
      (await call({ method: 'PUT', url: entry, payload, headers: { ...headers } })).json<Version>();
    const first = await put('<p>1</p>', { 'content-type': 'text/html; charset=utf-8' });
    expect(first).toMatchObject({ contentType: 'text/html; charset=utf-8', contentLength: 8, deleted: false });
    expect(await put('<p>1</p>', { 'content-type': 'text/html; charset=utf-8' })).toEqual(first);
    const second = await put(gzipSync('{"n":2}'), { ...asJson, 'content-encoding': 'gzip' });
    const { versions } = (await call({ url: `${entry}/versions` })).json<{ versions: Version[] }>();
    expect(versions).toEqual([second, first]);
    const old = await call({ url: `${entry}/versions/${first.versionId}` });
    expect([old.headers['content-type'], old.body]).toEqual(['text/html; charset=utf-8', '<p>1</p>']);
    expect(old.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
    expect((await call({ url: `${entry}/versions/latest` })).json()).toEqual({ n: 2 });

    expect((await call({ method: 'DELETE', url: entry })).json()).toEqual({ deleteCount: 1 });
    expect((await call({ url: `${url}/raw-data` })).json()).toMatchObject({ entries: { page: { deleted: true } } });
    for (const gone of [`${entry}/versions/latest`, `${entry}/versions/none`, `${url}/raw-data/other/versions`]) {
      expect((await call({ url: gone })).statusCode).toBe(404);
    }
    expect((await call({ method: 'DELETE', url: entry })).statusCode).toBe(404);
    expect((await call({ url: `${entry}/versions/${first.versionId}` })).body).toBe('<p>1</p>');
  });

  it.each(['a/b', 'ä ö?#%', '…', 'versions', 'x'.repeat(1024), '%2F', '__proto__'])(
    'finds an entry by its encoded name: %s',
    async (name) => {
      const { call, url } = await appWithEntity();
      const entry = `${url}/raw-data/${encodeURIComponent(name)}`;
      expect((await call({ method: 'PUT', url: entry, payload: name, headers: plain })).statusCode).toBe(200);
      expect((await call({ url: `${entry}/versions/latest` })).body).toBe(name);
      const { entries } = (await call({ url: `${url}/raw-data` })).json<{ entries: Record<string, Version> }>();
      expect(Object.keys(entries)).toEqual([name]);
    },
  );

  it('gives a content type that cannot stand in a header as bytes', async () => {
    const { call, url } = await appWithEntity({ odd: { body: 'x', contentType: 'text/plain\r\nx-evil: 1' } });
    const { headers, body } = await call({ url: `${url}/raw-data/odd/versions/latest` });
    expect([headers['content-type'], headers['x-evil'], body]).toEqual(['application/octet-stream', undefined, 'x']);
  });

  it.each<[string, string, object, string | Buffer, number, string]>([
    ['JSON that is none', 'a', asJson, '{', 400, 'BAD_REQUEST'],
    [
      'JSON that is no text',
      'a',
      { 'content-type': 'application/x+json' },
      Buffer.from([0x22, 0xff, 0x22]),
      400,
      'BAD_REQUEST',
    ],
    ['broken gzip', 'a', { ...plain, 'content-encoding': 'gzip' }, 'no gzip', 400, 'INVALID_BODY'],
    ['another encoding', 'a', { ...plain, 'content-encoding': 'br' }, 'x', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['too much', 'a', plain, Buffer.alloc(1024 * 1024 + 1), 413, 'RequestEntityTooLargeException'],
    ['a type that is none', 'a', { 'content-type': 'text/plain/x' }, 'x', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['a name with a line break', 'a%0Ab', plain, 'x', 400, 'BAD_REQUEST'],
    ['a name that is too long', 'x'.repeat(1025), plain, 'x', 404, 'NOT_FOUND'],
  ])('refuses %s, and stores nothing', async (_, name, headers, payload, status, code) => {
    const { call, url } = await appWithEntity();
    const refused = await call({ method: 'PUT', url: `${url}/raw-data/${name}`, payload, headers: { ...headers } });
    const { error } = refused.json<{ error: { code: string; message: string } }>();
    expect([refused.statusCode, error.code]).toEqual([status, code]);
    expect((await call({ url: `${url}/raw-data` })).json()).toEqual({ entries: {} });
  });

  it('takes a body without a type for bytes', async () => {
    const { call, url } = await appWithEntity();
    const entry = `${url}/raw-data/bytes`;
    const put = await call({ method: 'PUT', url: entry, payload: Buffer.from('x') });
    expect(put.json()).toMatchObject({ contentType: 'application/octet-stream', contentLength: 1 });
  });

  it('is of its own account alone', async () => {
    const { call, url } = await appWithEntity({ secret: { body: 'x', contentType: 'text/plain' } });
    const requests = [
      { url: `${url}/raw-data` },
      { url: `${url}/raw-data-versions` },
      { url: `${url}/raw-data/secret/versions` },
      { url: `${url}/raw-data/secret/versions/latest` },
      { method: 'PUT' as const, url: `${url}/raw-data/secret`, payload: 'y' },
      { method: 'DELETE' as const, url: `${url}/raw-data/secret` },
    ];
    for (const request of requests) {
      const response = await call({ ...request, headers: { ...otherCredentials, ...plain } });
      expect(response.statusCode).toBe(404);
      expect(response.body).not.toContain('secret');
    }
    expect((await call({ url: `${url}/raw-data/secret/versions/latest` })).body).toBe('x');
  });
});
