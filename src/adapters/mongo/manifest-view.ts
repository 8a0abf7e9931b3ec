import type { ClientSession } from 'mongodb';
import { scopeId, type ObjectKind, type Scope } from '../../domain/graph/identity';
import { manifestRowBytes } from '../../domain/graph/manifest-rows';
import { partitionCount } from '../../domain/ingest/staged-rows';
import type { ManifestStore } from '../../domain/sync-job/ports';
import { sha1 } from '../digest';
import type { Database } from './database';
import { MongoManifestStore } from './mongo-manifest-store';
import type { AsIf } from './relationship-ends';

/** The manifests of one moment, read only. One that is missing or damaged is read from the graph each time, and left as it is. */
export class ManifestView implements Pick<ManifestStore, 'prepare' | 'partitions'> {
  private readonly store: MongoManifestStore;
  /** Manifests that cannot be used, as `<scopeId>/<kind>`. */
  private readonly unusable = new Set<string>();

  constructor(
    database: Database,
    session: ClientSession,
    private readonly asIf: AsIf,
  ) {
    this.store = new MongoManifestStore(database, { minFoldedRows: Number.POSITIVE_INFINITY }, session);
  }

  async prepare(scope: Scope, kind: ObjectKind): Promise<{ rows: number }> {
    const rows = await this.store.rows(scope, kind);
    if (rows !== undefined) return { rows };
    this.unusable.add(nameOf(scope, kind));
    return { rows: await this.store.graphCount(scope, kind) };
  }

  async partitions(request: Parameters<ManifestStore['partitions']>[0]): Promise<void> {
    const { scope, kind, from, to, into } = request;
    const isUnusable = this.unusable.has(nameOf(scope, kind));
    if (isUnusable) {
      const words = await this.store.graphRows({ scope, kind, from, to: Math.min(to, partitionCount) });
      into.add(new Uint8Array(words.buffer));
    } else {
      await this.store.partitions(request);
    }
    const rows = into.bytes;
    for (let at = 0; at < rows.length; at += manifestRowBytes) {
      // Every row of the id: whichever is the present one then says that the object is deleted.
      if (this.asIf.isLive(kind, rows.subarray(at, at + 16)) === false) rows[at + 32] = (rows[at + 32] ?? 0) | 1;
    }
  }
}

const nameOf = (scope: Scope, kind: ObjectKind): string => `${scopeId(sha1, scope)}/${kind}`;
