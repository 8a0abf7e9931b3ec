import { S3Client, ListObjectsV2Command } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import type { Database } from '../../../src/adapters/mongo/database';
import { ApiClient, type Credentials } from '../../support/api-client';
import { outcomeCounts } from '../../support/bench';
import { liveProduct, newAccount, openLiveDatabase } from '../../support/live-product';
import { openRaw } from '../../support/raw-http';
import {
  brokenGzip,
  brokenJson,
  cutGzip,
  gzipped,
  malformedBodies,
  wrongShape,
  type MalformedBody,
} from '../../support/malformed-bodies';

const jobs = '/persister/synchronization/jobs';
const lanes = 8;

describe('malformed bodies, sent to the running product', () => {
  let database: Database;
  let credentials: Credentials;
  let api: ApiClient;
  let jobId: string;
  let s3: S3Client;
  beforeAll(async () => {
    database = openLiveDatabase();
    const { s3Endpoint, s3Region, s3AccessKeyId, s3SecretAccessKey, apiBaseUrl } = liveProduct();
    s3 = new S3Client({
      endpoint: s3Endpoint,
      region: s3Region,
      credentials: { accessKeyId: s3AccessKeyId, secretAccessKey: s3SecretAccessKey },
      forcePathStyle: true,
    });
    credentials = { apiBaseUrl, ...(await newAccount(database)) };
    api = new ApiClient(credentials);
    jobId = (await api.start({ source: 'api', scope: 'east' })).id;
  });
  afterAll(async () => {
    s3.destroy();
    await database.client.close();
  });

  /** Everything that the account has, in the database and in the object store. */
  async function everything(): Promise<unknown> {
    const { account } = credentials;
    const { syncJobs, syncJobEvents, stagedBatches, scopes, entities, relationships } = database.collections;
    const { s3Bucket: Bucket } = liveProduct();
    const objects = ['staging', 'bulk'].map(async (folder) => {
      const { KeyCount } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: `${folder}/${account}/` }));
      return KeyCount;
    });
    return await Promise.all([
      syncJobs.find({ account }).toArray(),
      ...[syncJobEvents, stagedBatches, scopes].map(async (each) => await each.countDocuments({ account })),
      ...[entities, relationships].map(async (each) => await each.countDocuments({ _accountId: account })),
      ...objects,
    ]);
  }

  async function inLanes<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    const left = [...items];
    await Promise.all(
      Array.from({ length: lanes }, async () => {
        for (let item = left.pop(); item !== undefined; item = left.pop()) await work(item);
      }),
    );
  }

  it('get an answer of 4xx, and write nothing', async () => {
    const asJson = { 'content-type': 'application/json' };
    const sampled = (arbitrary: fc.Arbitrary<Uint8Array | string>, headers = {}): MalformedBody[] =>
      fc
        .sample(arbitrary, 400)
        .map((body) => ({ what: 'sample', headers: { ...asJson, ...headers }, body: Buffer.from(body) }));
    const bodies = [
      ...malformedBodies,
      ...malformedBodies.map(gzipped),
      ...cutGzip,
      ...sampled(brokenJson),
      ...sampled(brokenGzip, { 'content-encoding': 'gzip' }),
      ...sampled(wrongShape),
    ];
    const before = await everything();
    const wrong: unknown[] = [];
    let harmless = 0;
    await inLanes(bodies, async ({ what, headers, body }) => {
      const answer = await api.request('POST', `${jobs}/${jobId}/upload`, body, headers);
      const { code } = (answer.body.error ?? {}) as { code?: unknown };
      // A sample may be an upload of nothing by chance, such as an object without a known member.
      if (answer.status === 200 && what === 'sample') harmless++;
      else if (answer.status < 400 || answer.status >= 500 || typeof code !== 'string') wrong.push({ what, answer });
    });
    expect(wrong).toEqual([]);
    expect(bodies.length).toBeGreaterThan(1_400);
    expect(harmless).toBeLessThan(200);
    if (harmless === 0) expect(await everything()).toEqual(before);
    else expect(await api.job(jobId)).toMatchObject({ numEntitiesUploaded: 0, numRelationshipsUploaded: 0 });
    expect(await database.collections.stagedBatches.countDocuments({ jobId, seq: { $gt: harmless } })).toBe(0);
  }, 120_000);

  it('for start, finalize, abort and events get an answer of 4xx, and write nothing', async () => {
    const actions = ['', `/${jobId}/finalize`, `/${jobId}/abort`, `/${jobId}/events`];
    const isUpload = ({ headers }: MalformedBody) => headers['content-type'] !== 'application/json';
    const bodies = [
      ...malformedBodies.filter((body) => !isUpload(body)).map(({ body }) => body),
      ...fc.sample(brokenJson, 200),
      ...['[]', '"x"', '5', 'true', '{"events":7}', '{"partialDatasets":{"types":7}}'].map((text) => Buffer.from(text)),
    ];
    const before = await everything();
    const wrong: unknown[] = [];
    const requests = bodies.flatMap((body) => actions.map((action) => ({ action, body })));
    await inLanes(requests, async ({ action, body }) => {
      // No body is what finalize and abort take; members that they do not know are none of their business.
      const text = body.toString();
      if (text.trim() === '' || (text.startsWith('{') && isObject(text))) return;
      const { status } = await api.request('POST', `${jobs}${action}`, body);
      if (status < 400 || status >= 500) wrong.push({ action, status, body: text.slice(0, 100) });
    });
    expect(wrong).toEqual([]);
    expect(await everything()).toEqual(before);
  }, 120_000);

  it('with a wrong length, or cut off, get an answer of 4xx or none, and write nothing', async () => {
    const body = JSON.stringify({ entities: [{ _key: 'a', _type: 't' }] });
    const packed = gzipSync(body);
    const { port } = new URL(credentials.apiBaseUrl);
    const head = (...lines: string[]) =>
      [
        `POST ${jobs}/${jobId}/upload HTTP/1.1`,
        'host: x',
        `authorization: Bearer ${credentials.token}`,
        `jupiterone-account: ${credentials.account}`,
        'content-type: application/json',
        ...lines,
        '\r\n',
      ].join('\r\n');
    const chunked = 'transfer-encoding: chunked';
    const requests: readonly (readonly (string | Buffer)[])[] = [
      [head(`content-length: ${body.length + 1}`), body],
      [head(`content-length: ${body.length - 1}`), body],
      [head(`content-length: ${packed.length + 9}`, 'content-encoding: gzip'), packed],
      [head(`content-length: ${packed.length - 9}`, 'content-encoding: gzip'), packed],
      [head('content-length: -1'), body],
      [head('content-length: 1e3'), body],
      [head('content-length: 99999999999999999999'), body],
      [head(`content-length: ${body.length}`, 'content-length: 3'), body],
      [head(`content-length: ${body.length}`, chunked), `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`],
      [head(chunked), `${body.length.toString(16)}\r\n${body}\r\n`],
      [head(chunked), `${(body.length + 5).toString(16)}\r\n${body}\r\n0\r\n\r\n`],
      [head(chunked), `zz\r\n${body}\r\n0\r\n\r\n`],
      [head(chunked), '-1\r\n'],
      [head('transfer-encoding: gzip, chunked'), '0\r\n\r\n'],
    ];
    const before = await everything();
    for (const [i, parts] of requests.entries()) {
      const connection = await openRaw(Number(port));
      for (const part of parts) connection.send(part);
      connection.socket.end();
      const answer = await connection.closed();
      expect({ i, answer: answer.slice(0, 40) }).toEqual({
        i,
        answer: expect.stringMatching(/^(HTTP\/1\.1 4\d\d |$)/) as unknown,
      });
    }
    expect(await everything()).toEqual(before);
  });

  it('that are only odd come out as JSON reads them, and are the same when they are sent again', async () => {
    const odd = [
      '"n":1,"n":2',
      '"n":{"no":1},"n":3',
      '"_type":"x","_type":"t"',
      '"n":-0',
      '"n":1E+2',
      '"n":0.1e-7',
      `"n":1${'0'.repeat(300)}`,
      `"n":0.${'3'.repeat(5_000)}`,
      '"n":9007199254740993',
      '"n":"\\u0041\\ud83d\\ude00\\/\\b\\f"',
      '"n":"\\u0000x"',
      '"n":"\u2028\u2029\ufeff\ufffe"',
      '"\\u006e":"escaped name"',
      '"a.b":1,"$c":2,"d.":3,".":4',
      '"n":[],"m":[null,1,"x",true]',
      '"n":"\ud83d\ude00"',
      `"n":"${'long '.repeat(20_000)}"`,
      '"toString":1,"constructor":2,"hasOwnProperty":3',
      ' "n" : [ 1 , 2 ] ',
    ];
    const objects = odd.map((members, i) => `{"_key":"k${i}","_type":"t","_class":"Thing",${members}}`);
    const body = `\ufeff{"entities":[${objects.join(' , ')}]}`;
    const start = { source: 'api', scope: 'odd' };
    const sync = async (text: string) => {
      const { id } = await api.start(start);
      await api.ok('POST', `${jobs}/${id}/upload`, Buffer.from(text));
      await api.finalize(id);
      return outcomeCounts(await api.untilEnded(id));
    };
    expect(await sync(body)).toEqual({ numEntitiesCreated: odd.length });
    expect(await sync(body)).toEqual({});
    // Written in another way, so that contents are compared and not bytes.
    const parsed = objects.map((text) => JSON.parse(text) as Record<string, unknown>);
    expect(await sync(JSON.stringify({ entities: parsed }))).toEqual({});
    const { items } = (await api.ok('GET', '/entities?limit=1000')) as { items: Record<string, unknown>[] };
    const found = new Map(items.filter(({ _scope }) => _scope === 'odd').map((item) => [item._key, item]));
    for (const { _key, _class, ...properties } of parsed) {
      // JSON as written by others knows no -0.
      const written = JSON.parse(JSON.stringify(properties)) as Record<string, unknown>;
      expect(found.get(_key)).toMatchObject(written);
    }
  }, 60_000);
});

function isObject(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}
