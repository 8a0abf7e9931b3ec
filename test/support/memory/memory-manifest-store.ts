import { isDeepStrictEqual } from 'node:util';
import { uuidToBytes, type ObjectKind, type Scope } from '../../../src/domain/graph/identity';
import { manifestRowBytes, manifestStamp } from '../../../src/domain/graph/manifest-rows';
import { partitionCount, partitionOf } from '../../../src/domain/ingest/staged-rows';
import type { ManifestStore } from '../../../src/domain/sync-job/ports';
import { GatheredBytes } from '../../../src/lib/gathered-bytes';
import type { MemoryDatabase } from './memory-database';

/** Keeps nothing: the rows are read off the objects each time, so they cannot be stale. */
export class MemoryManifestStore implements ManifestStore {
  constructor(private readonly database: MemoryDatabase) {}

  async prepare(scope: Scope, kind: ObjectKind) {
    const into = new GatheredBytes();
    await this.partitions({ scope, kind, from: 0, to: partitionCount, into });
    return { rows: into.bytes.length / manifestRowBytes };
  }

  async rows(scope: Scope, kind: ObjectKind) {
    return (await this.prepare(scope, kind)).rows;
  }

  async partitions({ scope, kind, from, to, into }: Parameters<ManifestStore['partitions']>[0]) {
    for (const [id, object] of this.database.graph[kind]) {
      const bytes = uuidToBytes(id);
      const partition = partitionOf(bytes[0] ?? 0);
      if (!isDeepStrictEqual(object.owner, scope) || partition < from || partition >= to) continue;
      const row = Buffer.alloc(manifestRowBytes);
      row.set(bytes);
      if (object.hash) row.set(object.hash, 16);
      row.writeUInt32LE(manifestStamp(object.version, object.deleted), 32);
      into.add(row);
    }
  }

  async compact() {
    // There is nothing to fold.
  }
}
