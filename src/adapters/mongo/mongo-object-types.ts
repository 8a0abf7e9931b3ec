import { manifestRowBytes } from '../../domain/graph/manifest-rows';
import type { ObjectTypes } from '../../domain/sync-job/ports';
import type { Database } from './database';
import { idsIn } from './packed-ids';

const idsAtOnce = 5_000;

export class MongoObjectTypes implements ObjectTypes {
  constructor(private readonly database: Database) {}

  async count({ kind, rows, types }: Parameters<ObjectTypes['count']>[0]): Promise<number> {
    const { entities, relationships, mappings } = this.database.collections;
    let count = 0;
    for (let from = 0; from < rows.length; from += idsAtOnce * manifestRowBytes) {
      const ids = idsIn(rows.subarray(from, from + idsAtOnce * manifestRowBytes), manifestRowBytes);
      const filter = { _id: { $in: ids }, _type: { $in: [...types] }, _deleted: false };
      const hinted = { hint: { _id: 1 } } as const;
      count += await (kind === 'entity' ? entities : relationships).countDocuments(filter, hinted);
      if (kind === 'relationship') count += await mappings.countDocuments(filter, hinted);
    }
    return count;
  }
}
