import type { GraphReader, GraphSnapshot } from '../../../domain/query/run/graph-reader';
import type { Database } from '../database';
import { MongoGraphSnapshot } from './mongo-graph-snapshot';
import { ReadSession } from './read-session';

export class MongoGraphReader implements GraphReader {
  constructor(
    private readonly database: Database,
    private readonly account: string,
  ) {}

  async open({ time, includeDeleted, signal }: Parameters<GraphReader['open']>[0]): Promise<GraphSnapshot> {
    const session = new ReadSession(this.database, signal, time);
    return new MongoGraphSnapshot(session, { account: this.account, includeDeleted });
  }
}
