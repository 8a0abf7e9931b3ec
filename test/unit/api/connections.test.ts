import type { FastifyInstance } from 'fastify';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { ApiOptions } from '../../../src/api/http/build-app';
import { createMetrics } from '../../../src/observability/metrics';
import { buildTestApp, credentials, jobs } from './build-test-app';
import { openRaw, type RawConnection } from '../../support/raw-http';

const apps: FastifyInstance[] = [];
const connections: RawConnection[] = [];

async function serve(options: Partial<ApiOptions> = {}) {
  const test = buildTestApp(options);
  apps.push(test.app);
  await test.app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = test.app.server.address() as AddressInfo;
  const open = async (): Promise<RawConnection> => {
    const connection = await openRaw(port);
    connections.push(connection);
    return connection;
  };
  const jobId = await test.start();
  const head = (headers: Record<string, string | number>, part = 'upload'): string =>
    [
      `POST ${jobs}/${jobId}/${part} HTTP/1.1`,
      'host: x',
      ...Object.entries({ ...credentials, 'content-type': 'application/json', ...headers }).map((pair) =>
        pair.join(': '),
      ),
      '\r\n',
    ].join('\r\n');
  const get = [
    `GET ${jobs}/${jobId} HTTP/1.1`,
    'host: x',
    ...Object.entries(credentials).map((pair) => pair.join(': ')),
    '\r\n',
  ].join('\r\n');
  return { ...test, port, open, jobId, head, get };
}

afterEach(async () => {
  for (const { socket } of connections.splice(0)) socket.destroy();
  await Promise.all(apps.splice(0).map((app) => app.close()));
});

const body = JSON.stringify({ entities: [{ _key: 'a', _type: 't' }] });
const okTwice = /HTTP\/1\.1 200[^]*HTTP\/1\.1 200/;

describe('connections', () => {
  it('carry a body that comes in pieces, with and without a declared length', async () => {
    const { open, head, tenants } = await serve();
    const connection = await open();
    connection.send(head({ 'content-length': body.length }));
    for (const piece of [body.slice(0, 5), body.slice(5, 6), body.slice(6)]) {
      connection.send(piece);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await connection.until(/200 OK[^]*numEntitiesUploaded":1/);
    connection.send(head({ 'transfer-encoding': 'chunked' }));
    connection.send(`3\r\n${body.slice(0, 3)}\r\n`);
    connection.send(`${(body.length - 3).toString(16)}\r\n${body.slice(3)}\r\n0\r\n\r\n`);
    await connection.until(okTwice);
    expect(tenants.uploads.map(({ upload }) => Buffer.from(upload.body).toString())).toEqual([body, body]);
  });

  it('write nothing when the client goes away in the middle', async () => {
    const { open, head, tenants, log } = await serve();
    for (const headers of [{ 'content-length': body.length }, { 'transfer-encoding': 'chunked' }]) {
      const connection = await open();
      connection.send(head(headers));
      connection.send('content-length' in headers ? body.slice(0, -1) : `${body.length.toString(16)}\r\n${body}\r\n`);
      await new Promise((resolve) => setTimeout(resolve, 20));
      connection.socket.destroy();
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(tenants.uploads).toEqual([]);
    expect(log.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it.each([
    ['declared', (size: number) => ({ 'content-length': size })],
    ['undeclared', () => ({ 'transfer-encoding': 'chunked' })],
  ])('stay usable after a body that was too large, %s', async (_name, headers) => {
    const { open, head, get, tenants } = await serve();
    const size = 3 * 1024 * 1024;
    const connection = await open();
    const sent = Buffer.alloc(size, 32);
    connection.send(head(headers(size)));
    if ('content-length' in headers(size)) connection.send(sent);
    else {
      connection.send(`${size.toString(16)}\r\n`);
      connection.send(sent);
      connection.send('\r\n0\r\n\r\n');
    }
    await connection.until(/HTTP\/1\.1 413[^]*RequestEntityTooLargeException/);
    connection.send(get);
    await connection.until(/HTTP\/1\.1 413[^]*HTTP\/1\.1 200/);
    expect(tenants.uploads).toEqual([]);
  });

  it('stay usable after a refusal that came before the body was read', async () => {
    const { open, get } = await serve();
    const connection = await open();
    const unknown = `${jobs}/00000000-0000-4000-8000-000000000000/upload`;
    const headers = Object.entries(credentials).map((pair) => pair.join(': '));
    connection.send([`POST ${unknown} HTTP/1.1`, 'host: x', ...headers, 'content-length: 500000', '\r\n'].join('\r\n'));
    connection.send(Buffer.alloc(500_000, 32));
    await connection.until(/HTTP\/1\.1 404/);
    connection.send(get);
    await connection.until(/HTTP\/1\.1 404[^]*HTTP\/1\.1 200/);
  });

  it('end after gzip that cannot be decoded: nothing that follows is taken for a request', async () => {
    const { open, head, tenants } = await serve();
    const once = gzipSync(body);
    // What a known client sends when it retries: compressed again, under the old length.
    const twice = gzipSync(once);
    const connection = await open();
    connection.send(head({ 'content-length': once.length, 'content-encoding': 'gzip' }, 'entities'));
    connection.send(twice);
    const answer = await connection.closed();
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer.toLowerCase()).toContain('connection: close');
    expect(tenants.uploads).toEqual([]);
  });

  it('end when a body stops coming, so that it does not hold memory that others wait for', async () => {
    const { open, head, tenants } = await serve({ bodyIdleTimeoutMs: 60 });
    const connection = await open();
    connection.send(head({ 'content-length': 1000 }));
    connection.send('{"entities"');
    expect(await connection.closed()).toMatch(/400[^]*stopped coming: 11 bytes/);
    expect(tenants.uploads).toEqual([]);
  });

  it('wait for room instead of being refused, while small requests pass', async () => {
    const metrics = createMetrics({ processMetrics: false });
    const { open, head, get, tenants } = await serve({
      metrics,
      limits: { maxBodyBytes: 1024 * 1024, maxInFlightBodyBytes: 400_000 },
    });
    const padded = body + ' '.repeat(300_000);
    const first = await open();
    first.send(head({ 'content-length': padded.length }));
    first.send(padded.slice(0, 200_000));
    await new Promise((resolve) => setTimeout(resolve, 30));
    const second = await open();
    second.send(head({ 'content-length': padded.length }));
    second.send(padded);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(tenants.uploads).toHaveLength(0);
    expect((await metrics.inFlightBodyBytes.get()).values[0]?.value).toBe(padded.length);
    const third = await open();
    third.send(get);
    await third.until(/HTTP\/1\.1 200/);
    first.send(padded.slice(200_000));
    await Promise.all([first.until(/HTTP\/1\.1 200/), second.until(/HTTP\/1\.1 200/)]);
    expect(tenants.uploads).toHaveLength(2);
    expect((await metrics.inFlightBodyBytes.get()).values[0]?.value).toBe(0);
  });

  it('decompress one body after the other when there is no room for two', async () => {
    const { open, head, tenants } = await serve({
      limits: { maxBodyBytes: 1024 * 1024, maxInFlightBodyBytes: 100_000 },
    });
    const packed = gzipSync(body + ' '.repeat(900_000));
    const answers = Array.from({ length: 6 }, async () => {
      const connection = await open();
      connection.send(head({ 'content-length': packed.length, 'content-encoding': 'gzip' }, 'entities'));
      connection.send(packed);
      await connection.until(/HTTP\/1\.1 200/);
    });
    await Promise.all(answers);
    expect(tenants.uploads).toHaveLength(6);
  });

  it.each([
    ['no HTTP', 'hello\r\n\r\n', /^HTTP\/1\.1 400 [^]*"BAD_REQUEST"/],
    [
      'headers without end',
      `GET / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(40_000)}\r\n\r\n`,
      /^HTTP\/1\.1 431 [^]*"BAD_REQUEST"/,
    ],
    ['a length that is none', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: -5\r\n\r\n', /^HTTP\/1\.1 400 /],
    [
      'two framings',
      'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n',
      /^HTTP\/1\.1 400 /,
    ],
  ])('answer %s with a clean error and close', async (_name, bytes, answer) => {
    const { open } = await serve();
    const connection = await open();
    connection.send(bytes);
    expect(await connection.closed()).toMatch(answer);
  });

  it('count one upload for a correlation id and content, and a smaller one under the same id as another', async () => {
    const { call, jobId, tenants } = await serve();
    const send = (entities: unknown[], headers: Record<string, string>) =>
      call({ method: 'POST', url: `${jobs}/${jobId}/entities`, payload: { entities }, headers });
    const [a, b] = [
      { _key: 'a', _type: 't' },
      { _key: 'b', _type: 't' },
    ];
    const sameId = { 'jupiterone-correlation-id': 'c1' };
    await send([a, b], sameId);
    await send([a, b], sameId);
    expect(tenants.uploads).toHaveLength(1);
    await send([a], sameId);
    expect(tenants.uploads).toHaveLength(2);
    await send([a], { 'jupiterone-correlation-id': 'c2' });
    expect(tenants.uploads).toHaveLength(3);
    await send([a], {});
    await send([a], {});
    expect(tenants.uploads).toHaveLength(5);
  });
});
