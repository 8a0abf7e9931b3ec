/**
 * Megabytes a second of each way to read entities, on one core, best of several rounds: upload bodies of 5 MB, and a bulk file as
 * a stream. The reader's lanes check every rule, hash every object and give every id; the others only parse.
 * `--bulk-mb <n>` sets the size of the bulk file (default 200).
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { createUploadReader } from '../src/adapters/ingest/upload-reader';
import type { ReadOptions, UploadReader } from '../src/domain/ingest/upload-reader';
import { entityBody, generateEntity } from './generate';

const options: ReadOptions = {
  format: 'json',
  shape: 'upload',
  syncMode: 'DIFF',
  entityNamespace: Uint8Array.from({ length: 16 }, (_, i) => i),
  relationshipNamespace: Uint8Array.from({ length: 16 }, (_, i) => 16 + i),
  ignoreDuplicates: false,
  ignoreIllegalProperties: false,
};
const pieceBytes = 256 * 1024;

interface Result {
  readonly lane: string;
  readonly megabytesPerSecond: number;
  readonly objects: number;
}

async function measure(
  lane: string,
  work: { bytes: number; rounds: number; run: () => number | Promise<number> },
): Promise<Result> {
  let best = Number.POSITIVE_INFINITY;
  let objects = 0;
  for (let round = 0; round < work.rounds; round++) {
    const start = process.hrtime.bigint();
    objects = await work.run();
    best = Math.min(best, Number(process.hrtime.bigint() - start) / 1e9);
  }
  return { lane, megabytesPerSecond: Math.round(work.bytes / 1e6 / best), objects };
}

function* pieces(body: Buffer): Generator<Buffer> {
  for (let at = 0; at < body.length; at += pieceBytes) yield body.subarray(at, at + pieceBytes);
}

async function countStream(
  reader: UploadReader,
  source: AsyncIterable<Uint8Array>,
  format: ReadOptions['format'],
): Promise<number> {
  let count = 0;
  for await (const batch of reader.readStream(source, { ...options, format })) count += batch.entities.count;
  return count;
}

/** As its manual writes it, with the functions fused into one stage. */
async function countStreamJson(body: Buffer): Promise<number> {
  const { parser } = await import('stream-json');
  const { pick } = await import('stream-json/filters/pick.js');
  const { streamArray } = await import('stream-json/streamers/stream-array.js');
  const { default: chain } = await import('stream-chain');
  let count = 0;
  const elements = chain([parser(), pick({ filter: 'entities' }), streamArray()]);
  elements.on('data', () => count++);
  await pipeline(Readable.from(pieces(body)), elements);
  return count;
}

/** A bulk file that is never in memory as a whole. */
async function* bulkFile(bytes: number): AsyncGenerator<Uint8Array> {
  yield Buffer.from('{"entities":[');
  for (let sent = 0, index = 0; sent < bytes;) {
    const texts = Array.from({ length: 1000 }, () => JSON.stringify(generateEntity(index++)));
    const piece = Buffer.from((sent === 0 ? '' : ',') + texts.join(','));
    sent += piece.length;
    yield piece;
  }
  yield Buffer.from(']}');
}

/** The scan alone: pieces are made before the clock starts. */
async function measureBulk(reader: UploadReader, bytes: number): Promise<Result> {
  const held: Uint8Array[] = [];
  let size = 0;
  for await (const piece of bulkFile(bytes)) {
    held.push(piece);
    size += piece.length;
  }
  return measure('bulk file: fast lane', {
    bytes: size,
    rounds: 2,
    run: () => countStream(reader, Readable.from(held), 'auto'),
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { 'bulk-mb': { type: 'string', default: '200' } } });
  const body = entityBody(0, 5800);
  const text = body.toString();
  const lines = Buffer.from(text.slice('{"entities":['.length, -2).replaceAll('},{"_key"', '}\n{"_key"'));
  const fast = createUploadReader({ accelerate: true });
  const slow = createUploadReader({ accelerate: false });
  const bytes = body.length;
  const results = [
    await measure('upload body: fast lane', {
      bytes,
      rounds: 60,
      run: async () => (await fast.read(body, options)).entities.count,
    }),
    await measure('upload body: slow lane', {
      bytes,
      rounds: 3,
      run: async () => (await slow.read(body, options)).entities.count,
    }),
    await measure('upload body: JSON.parse', {
      bytes,
      rounds: 20,
      run: () => (JSON.parse(body.toString()) as { entities: unknown[] }).entities.length,
    }),
    await measure('upload body: stream-json', { bytes, rounds: 3, run: () => countStreamJson(body) }),
    await measure('NDJSON: fast lane', {
      bytes: lines.length,
      rounds: 30,
      run: () => countStream(fast, Readable.from(pieces(lines)), 'auto'),
    }),
    await measureBulk(fast, Number(values['bulk-mb']) * 1e6),
  ];
  console.table(results);
  console.log(
    `${(bytes / 1e6).toFixed(1)} MB a body, ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB resident at most`,
  );
}

if (require.main === module) void main();
