import { createHash, hash } from 'node:crypto';
import type { Collection, Document, Filter } from 'mongodb';

/** Same number of objects and the same content under the same keys, whatever else the two sides keep beside it. */
export interface GraphDigest {
  readonly count: number;
  readonly digest: string;
}

const contentFields = new Set(['_key', '_type', '_class']);

/** Digest over sorted (key, content) of all documents of a collection that match. */
export async function digestOf(collection: Collection, filter: Filter<Document> = {}): Promise<GraphDigest> {
  const lines: Buffer[] = [];
  for await (const document of collection.find(filter, { batchSize: 5_000 })) lines.push(digestLine(document));
  lines.sort((a, b) => Buffer.compare(a, b));
  const all = createHash('sha256');
  for (const line of lines) all.update(line);
  return { count: lines.length, digest: all.digest('hex') };
}

export function requireEqual(what: string, ours: GraphDigest, theirs: GraphDigest): void {
  if (ours.count === theirs.count && ours.digest === theirs.digest) return;
  throw new Error(`${what}: the sides differ: ${JSON.stringify(ours)} and ${JSON.stringify(theirs)}`);
}

function digestLine(document: Document): Buffer {
  const names = Object.keys(document).filter((name) => !name.startsWith('_') || contentFields.has(name));
  const content = names.sort().map((name) => [name, document[name] as unknown]);
  const key = hash('sha256', String(document._key), 'buffer').subarray(0, 8);
  return Buffer.concat([key, hash('sha256', JSON.stringify(content), 'buffer').subarray(0, 16)]);
}
