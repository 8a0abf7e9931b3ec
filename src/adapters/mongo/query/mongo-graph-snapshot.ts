import type { Binary, Document } from 'mongodb';
import { keyToBytes } from '../../../domain/graph/identity';
import type { Predicate } from '../../../domain/query/plan/plan';
import type {
  FoundObject,
  FoundRelationship,
  GraphSnapshot,
  IdKey,
  ReadReport,
} from '../../../domain/query/run/graph-reader';
import { idAt } from '../packed-ids';
import { entityAccess } from './entity-access';
import { ObjectDecoder, projectionOf } from './found-objects';
import { filterOf } from './predicate-filter';
import type { ReadSession } from './read-session';
import { residualOf } from './residual';
import { notWiped } from '../wipe-objects';

/** Ids in one `$in`. */
const idsAtOnce = 5_000;

export class MongoGraphSnapshot implements GraphSnapshot {
  readonly reads: ReadReport[] = [];

  constructor(
    private readonly session: ReadSession,
    private readonly seen: { readonly account: string; readonly includeDeleted: boolean },
  ) {}

  get time(): string {
    const { timeText } = this.session;
    if (timeText === undefined) throw new Error('a snapshot has a time after its first read');
    return timeText;
  }

  async *entities({
    predicate,
    wanted,
    after,
    pageSize,
  }: Parameters<GraphSnapshot['entities']>[0]): AsyncGenerator<readonly FoundObject[], void, undefined> {
    const { filter, residual } = filterOf(predicate);
    if (!filter) return;
    const report = this.report('entities');
    const access = entityAccess(predicate);
    const rest = residualOf(residual, wanted);
    const decoder = new ObjectDecoder(rest.wanted);
    const conditions = [this.visible, filter, ...(after === undefined ? [] : [{ _id: { $gt: binaryOf(after) } }])];
    let rows = 0;
    const batches = this.session.batches({
      find: 'entities',
      filter: { $and: conditions },
      projection: projectionOf(rest.wanted),
      sort: { _id: 1 },
      hint: access.hint,
      batchSize: pageSize,
    });
    for await (const batch of batches) {
      const found = decoder.entities(batch).filter(rest.admits);
      rows += found.length;
      if (found.length > 0) yield found;
    }
    report(access.index, rows);
  }

  async entitiesById({
    ids,
    predicate,
    wanted,
  }: Parameters<GraphSnapshot['entitiesById']>[0]): Promise<readonly FoundObject[]> {
    const { filter, residual } = filterOf(predicate);
    if (!filter || ids.length === 0) return [];
    const report = this.report('entitiesById');
    const rest = residualOf(residual, wanted);
    const decoder = new ObjectDecoder(rest.wanted);
    const found: FoundObject[] = [];
    for (const some of inPieces(ids)) {
      const batches = await this.session.all({
        find: 'entities',
        filter: { $and: [{ _id: { $in: some } }, this.visible, filter] },
        projection: projectionOf(rest.wanted),
        hint: { _id: 1 },
      });
      for (const batch of batches) found.push(...decoder.entities(batch).filter(rest.admits));
    }
    report('_id_', found.length);
    return found;
  }

  async relationships({
    at,
    classes,
    direction,
    wanted,
  }: Parameters<GraphSnapshot['relationships']>[0]): Promise<readonly FoundRelationship[]> {
    if (at.length === 0) return [];
    const report = this.report('relationships');
    const decoder = new ObjectDecoder(wanted);
    const outward = direction !== 'in' ? await this.at('_fromEntityId', at, classes, wanted, decoder) : [];
    const inward = direction !== 'out' ? await this.at('_toEntityId', at, classes, wanted, decoder) : [];
    const seen = new Set(outward.map(({ id }) => id));
    const found = [...outward, ...inward.filter(({ id }) => !seen.has(id))];
    report(direction, found.length);
    return found;
  }

  private async at(
    end: '_fromEntityId' | '_toEntityId',
    at: readonly IdKey[],
    classes: readonly string[],
    wanted: readonly string[] | 'all',
    decoder: ObjectDecoder,
  ): Promise<FoundRelationship[]> {
    const found: FoundRelationship[] = [];
    for (const some of inPieces(at)) {
      const batches = await this.session.all({
        find: 'relationships',
        filter: {
          [end]: { $in: some },
          ...(classes.length > 0 && { _class: { $in: classes } }),
          ...this.visible,
        },
        projection: projectionOf(wanted, ['_fromEntityId', '_toEntityId']),
        hint: { [end]: 1 },
      });
      for (const batch of batches) found.push(...decoder.relationships(batch));
    }
    return found;
  }

  async count(_predicate: Predicate): Promise<number | undefined> {
    return undefined;
  }

  async close(): Promise<void> {
    await this.session.close();
  }

  private get visible(): Document {
    const { account, includeDeleted } = this.seen;
    return { _accountId: account, ...(includeDeleted ? notWiped : { _deleted: false }) };
  }

  private report(read: ReadReport['read']): (index: string, rows: number) => void {
    const from = performance.now();
    return (index, rows) => void this.reads.push({ read, index, rows, ms: performance.now() - from });
  }
}

const binaryOf = (key: IdKey): Binary => idAt(keyToBytes(key), 0);

/** Each id once, in the order of the index, so that mongod moves through it in one direction. */
function inPieces(ids: readonly IdKey[]): Binary[][] {
  const sorted = [...new Set(ids)].sort();
  const pieces: Binary[][] = [];
  for (let from = 0; from < sorted.length; from += idsAtOnce) {
    pieces.push(sorted.slice(from, from + idsAtOnce).map(binaryOf));
  }
  return pieces;
}
