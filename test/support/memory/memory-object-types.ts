import { bytesToUuid } from '../../../src/domain/graph/identity';
import { manifestRowBytes } from '../../../src/domain/graph/manifest-rows';
import type { ObjectTypes } from '../../../src/domain/sync-job/ports';
import type { MemoryDatabase } from './memory-database';

export class MemoryObjectTypes implements ObjectTypes {
  constructor(private readonly database: MemoryDatabase) {}

  async count({ kind, rows, types }: Parameters<ObjectTypes['count']>[0]) {
    const ids = Array.from({ length: rows.length / manifestRowBytes }, (_, i) =>
      bytesToUuid(rows, i * manifestRowBytes),
    );
    const objects = ids.map((id) => this.database.graph[kind].get(id));
    return objects.filter((object) => object?.deleted === false && types.includes(object.state.type)).length;
  }
}
