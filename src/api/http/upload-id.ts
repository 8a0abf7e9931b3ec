import { createHash, randomUUID } from 'node:crypto';
import type { ScannedUpload } from '../../domain/ingest/staged-rows';

/**
 * Names an upload, so that a retry whose first answer was lost counts once. The correlation id alone does not: a client keeps it
 * when it sends a smaller batch after a 413 (contract 4.7). The staged rows stand for the content, since they hold a hash of every
 * object, and hashing them costs a twentieth of hashing the body.
 */
export function uploadIdOf(correlationId: string | undefined, upload: ScannedUpload): string {
  if (correlationId === undefined) return randomUUID();
  const hash = createHash('sha256').update(JSON.stringify(correlationId));
  for (const content of [
    upload.entities.rows,
    upload.relationships.rows,
    upload.deleteEntities.ids,
    upload.deleteRelationships.ids,
  ]) {
    // The length keeps the border between two parts, so that moving an id from one list to the next is another upload.
    hash.update(`|${content.length}|`).update(content);
  }
  hash.update(`|${upload.deleteEntities.unresolvable}|${upload.deleteRelationships.unresolvable}`);
  return hash.digest('hex');
}
