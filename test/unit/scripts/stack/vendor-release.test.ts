import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { checksumFor } from '../../../../scripts/stack/components/checksum';
import { vendorRelease } from '../../../../scripts/stack/components/vendor-release';

/** A tar header as POSIX ustar has it, with the fields that the reader looks at. */
function tarEntry(name: string, content: Buffer, type = '0'): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(`${content.length.toString(8).padStart(11, '0')} `, 124);
  header.write(type, 156);
  header.write('ustar', 257);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512)]);
}

// Larger than one chunk of any stream, and not a whole number of blocks.
const binary = Buffer.alloc(200_001, 'mongod ');
const archive = gzipSync(
  Buffer.concat([
    tarEntry('release-1/', Buffer.alloc(0), '5'),
    tarEntry('release-1/README', Buffer.alloc(700, 'x')),
    tarEntry('release-1/bin/mongod', binary),
    tarEntry('release-1/bin/mongos', Buffer.from('another')),
    Buffer.alloc(1024),
  ]),
);
const sha256 = createHash('sha256').update(archive).digest('hex');

let server: Server;
let base: string;
let directory: string;
let bodies: Record<string, Buffer | string>;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'perijove-vendor-'));
  bodies = { '/a.tgz': archive, '/sums': `${'0'.repeat(64)}  other.tgz\n${sha256}  a.tgz\n` };
  server = createServer((request, response) => {
    if (request.url === '/moved.tgz') return response.writeHead(302, { location: '/a.tgz' }).end();
    const body = bodies[request.url ?? ''];
    return body === undefined ? response.writeHead(404).end() : response.end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(directory, { recursive: true, force: true });
});

const obtain = (archivePath = '/a.tgz', member = 'mongod'): Promise<string> =>
  vendorRelease({ version: '1', archiveUrl: base + archivePath, checksumUrl: `${base}/sums`, member }).obtain({
    directory,
    env: {},
    signal: new AbortController().signal,
    step: () => undefined,
  });

it('unpacks the wanted file of an archive with the published checksum', async () => {
  expect((await readFile(await obtain())).equals(binary)).toBe(true);
});

it('follows redirects', async () => {
  bodies['/sums'] = `${sha256}  moved.tgz\n`;
  expect((await readFile(await obtain('/moved.tgz'))).equals(binary)).toBe(true);
});

it('refuses an archive with another checksum before it unpacks anything', async () => {
  bodies['/a.tgz'] = Buffer.concat([archive, Buffer.from('tampered')]);
  await expect(obtain()).rejects.toThrow(
    new RegExp(`a.tgz has SHA-256 [0-9a-f]{64}, but the vendor publishes ${sha256}`),
  );
  expect(await readdir(directory)).toEqual(['a.tgz']);
});

it('refuses an archive for which no checksum is published', async () => {
  bodies['/sums'] = `${sha256}  other.tgz\n${sha256}  third.tgz\n`;
  await expect(obtain()).rejects.toThrow(/has no checksum of a.tgz/);
});

it('says what the vendor answered, and what the archive lacks', async () => {
  await expect(obtain('/a.tgz', 'mongosh')).rejects.toThrow(/a.tgz has no file mongosh/);
  delete bodies['/sums'];
  await expect(obtain()).rejects.toThrow(/\/sums answered 404/);
});

it.each([
  [`${sha256}  a.tgz\n`, sha256],
  [`${sha256} *a.tgz\n`, sha256],
  [`${sha256.toUpperCase()}\n`, sha256],
  [`${sha256}  another.tgz\n`, undefined],
  ['<html>Not found</html>', undefined],
  ['', undefined],
])('reads the checksum of a.tgz from %j', (text, expected) => {
  expect(checksumFor('a.tgz', text)).toBe(expected);
});
