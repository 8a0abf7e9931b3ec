import { Binary } from 'mongodb';
import { randomBytes } from 'node:crypto';
import type { Database } from './database';
import { bytesOf } from './packed-ids';

/** The secret of this name: made by the first process that asks, the same for all others and after every restart. */
export async function secretOf({ collections }: Database, name: string): Promise<Uint8Array> {
  const found = await collections.secrets.findOneAndUpdate(
    { _id: name },
    { $setOnInsert: { secret: new Binary(randomBytes(32)) } },
    { upsert: true, returnDocument: 'after' },
  );
  if (!found) throw new Error(`the secret ${name} is gone`);
  return bytesOf(found.secret);
}
