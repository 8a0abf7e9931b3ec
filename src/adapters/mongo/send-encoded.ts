import { MongoServerError, type ClientSession, type Document } from 'mongodb';
import { DocumentSequence } from 'mongodb/lib/cmap/commands';
import { freeBytes } from '../../lib/free-bytes';
import type { Database } from './database';

/** A message of the wire protocol holds 48 MB. */
const maxCommandBytes = 16 * 1024 * 1024;

interface Encoded {
  readonly collection: { readonly collectionName: string };
  readonly documents: readonly Uint8Array[];
  readonly session: ClientSession;
}

/**
 * `insertMany` of documents that are BSON already; the driver's public calls would want objects, and serialise them.
 * @throws MongoServerError of the first document that was refused
 */
export async function insertEncoded(database: Database, { collection, documents, session }: Encoded): Promise<void> {
  await send(database, { command: { insert: collection.collectionName }, field: 'documents', documents, session });
}

/**
 * `bulkWrite` of statements of an `update` command that are BSON already, in their order.
 * @throws MongoServerError of the first statement that was refused
 */
export async function updateEncoded(database: Database, { collection, documents, session }: Encoded): Promise<void> {
  await send(database, { command: { update: collection.collectionName }, field: 'updates', documents, session });
}

async function send(
  { db }: Database,
  request: Omit<Encoded, 'collection'> & { readonly command: Document; readonly field: string },
): Promise<void> {
  const { command, field, documents, session } = request;
  for (let from = 0; from < documents.length;) {
    const sequence = new FreedSequence(field);
    let bytes = 0;
    let to = from;
    for (; to < documents.length && bytes < maxCommandBytes; to++) {
      const document = documents[to] ?? new Uint8Array(0);
      sequence.push(noDocument, document);
      bytes += document.length;
    }
    const reply = await db.command({ ...command, [field]: sequence, ordered: true }, { session });
    sequence.free();
    const [refused] = (reply.writeErrors ?? []) as { code: number; errmsg: string }[];
    if (refused) throw new MongoServerError({ ...refused, message: refused.errmsg });
    from = to;
  }
}

/** Frees the message that the driver puts together of it, and copies once more before it sends it. */
class FreedSequence extends DocumentSequence {
  private readonly made: Uint8Array[] = [];

  override toBin(): Uint8Array {
    const bytes = super.toBin();
    this.made.push(bytes);
    return bytes;
  }

  free(): void {
    this.made.forEach(freeBytes);
  }
}

/** What monitors of commands would be shown; there are none. */
const noDocument = {};
