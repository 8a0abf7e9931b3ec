import DataLoader from 'dataloader';
import type { Binary, Document } from 'mongodb';
import type { FlatObject } from '../../domain/ports';
import { isUuid } from '../../domain/graph/identity';
import { againIfLost, type Database } from './database';
import { idFromText } from './packed-ids';
import { readReply, type Reply } from './query/bson-reply';
import { ObjectDecoder } from './query/found-objects';

/** Of one command. */
const maxIds = 100;

/**
 * Reads entities of one account one by one. A command costs some hundred times what the entity that it reads does, so all that is
 * asked for in one turn of the event loop, by whatever requests, is read by one; none of them joins a command that has been sent.
 * In a trace the command is below the request that asked first.
 */
export class EntitiesById {
  private readonly loader: DataLoader<string, FlatObject | undefined>;

  /** @param condition what every entity has to satisfy; the others are not found */
  constructor(
    private readonly database: Database,
    private readonly condition: Document,
    private readonly timeoutMs: number,
  ) {
    this.loader = new DataLoader(async (ids) => await this.read(ids), {
      cache: false,
      maxBatchSize: maxIds,
      batchScheduleFn: setImmediate,
    });
  }

  /** @param id a text of any kind */
  async find(id: string): Promise<FlatObject | undefined> {
    return isUuid(id) ? await this.loader.load(id.toLowerCase()) : undefined;
  }

  private async read(ids: readonly string[]): Promise<(FlatObject | undefined)[]> {
    const found = new Map<unknown, FlatObject>();
    for (let left = new Set(ids); left.size > 0;) {
      const { batch, cursor } = await againIfLost(async () => await this.send([...left].map(idFromText)));
      for (const { properties } of new ObjectDecoder('all').entities(batch)) found.set(properties['_id'], properties);
      if (cursor.isZero()) break;
      // The reply was full before all were in it.
      await this.database.db.command({ killCursors: 'entities', cursors: [cursor] });
      left = new Set([...left].filter((id) => !found.has(id)));
    }
    return ids.map((id) => found.get(id));
  }

  private async send(ids: readonly Binary[]): Promise<Reply> {
    const command = {
      find: 'entities',
      filter: { ...this.condition, _id: ids.length === 1 ? ids[0] : { $in: ids } },
      // Left to itself, mongod weighs other indexes against the one of ids, each time.
      hint: '_id_',
      batchSize: ids.length + 1,
      maxTimeMS: this.timeoutMs,
    };
    return readReply(await this.database.db.command(command, { raw: true }));
  }
}
