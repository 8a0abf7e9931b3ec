import type { Binary } from 'mongodb';
import { manifestRowBytes } from '../../domain/graph/manifest-rows';
import type { ObjectTypes } from '../../domain/sync-job/ports';
import type { Database } from './database';
import { idAt } from './packed-ids';

const idsAtOnce = 5_000;

export class MongoObjectTypes implements ObjectTypes {
  constructor(private readonly database: Database) {}

  async count({ kind, rows, types }: Parameters<ObjectTypes['count']>[0]): Promise<number> {
    const { entities, relationships } = this.database.collections;
    const graph = kind === 'entity' ? entities : relationships;
    let count = 0;
    for (let from = 0; from < rows.length; from += idsAtOnce * manifestRowBytes) {
      const ids: Binary[] = [];
      const to = Math.min(rows.length, from + idsAtOnce * manifestRowBytes);
      for (let at = from; at < to; at += manifestRowBytes) ids.push(idAt(rows, at));
      count += await graph.countDocuments({ _id: { $in: ids }, _type: { $in: [...types] } }, { hint: { _id: 1 } });
    }
    return count;
  }
}
